"""Names in generated code that follow from the spec's name."""


def class_name(name: str) -> str:
    """``conv_fmnist`` as ``ConvFmnist``."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))
