"""The ladder that stands in for a GPU: every rung proves something that CI can prove without one."""
