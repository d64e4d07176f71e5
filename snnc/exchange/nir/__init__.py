"""NIR files as specs and weights."""
