"""Names in generated code that follow from the spec's name."""

from snnc.names import class_name

__all__ = ["class_name"]
