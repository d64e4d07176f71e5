"""The ladder that stands in for a GPU: each rung proves something that CI can check without."""
