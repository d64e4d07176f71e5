"""Sentences from a dataset as the string literals of generated code."""

from textwrap import wrap

from snnc.escape import string


def strings(text: str, indent: int = 4) -> str:
    """A text as adjacent literals, one a line."""
    lines = wrap(text, 72 - indent, break_long_words=False, break_on_hyphens=False)
    spaced = [f"{line} " for line in lines[:-1]] + lines[-1:]
    return f"\n{' ' * indent}".join(string(line) for line in spaced)


def torchvision(kind: str) -> str:
    """The command by which torchvision fetches a dataset into the folder {data_dir}."""
    return (
        f"`python -c \"from torchvision.datasets import {kind} as D; D('{{data_dir}}', "
        f'download=True)"`'
    )


def tonic(kind: str) -> str:
    """The command by which tonic fetches both splits of a dataset into the folder {data_dir}."""
    return (
        f"`python -c \"from tonic.datasets import {kind} as D; D('{{data_dir}}', True); "
        f"D('{{data_dir}}', False)\"` (after `pip install tonic`)"
    )
