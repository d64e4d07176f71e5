"""Texts of specs, and the findings in them."""
