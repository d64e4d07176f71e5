"""Specs of strangers: mutated bytes and trees, and laws that hold whatever is written.

No mutated spec raises anything but findings; what the linter calls fine can be built, imported and
called; each lint and each build take at most five seconds and 500 MB.
"""
