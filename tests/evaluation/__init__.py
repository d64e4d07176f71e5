"""Evaluations of trained and of converted networks, and the pages that they write."""
