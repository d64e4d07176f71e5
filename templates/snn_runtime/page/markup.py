"""Elements of a page: whatever is given as text is escaped here and nowhere else."""

import base64
import html
from collections.abc import Iterable, Mapping
from typing import NewType

Markup = NewType("Markup", str)
"""HTML that is complete and escaped."""


def escaped(value: object) -> Markup:
    """Text as it is read; control characters, which HTML has no way to write, become U+FFFD."""
    shown = "".join(
        c if c.isprintable() or c in "\n\t" else "\ufffd" for c in str(value)
    )
    return Markup(html.escape(shown))


def joined(parts: Iterable[Markup]) -> Markup:
    """Elements one after another."""
    return Markup("\n".join(parts))


def section(title: str, *parts: Markup) -> Markup:
    """A part of the page under a heading, which a link can name."""
    name = "-".join("".join(c if c.isalnum() else " " for c in title).lower().split())
    head = f"<h2>{escaped(title)}</h2>"
    return Markup(
        f'<section id="{escaped(name)}">\n{head}\n{joined(parts)}\n</section>'
    )


def note(text: str) -> Markup:
    """A paragraph."""
    return Markup(f"<p>{escaped(text)}</p>")


def facts(pairs: Mapping[str, object]) -> Markup:
    """Names and values, in two columns."""
    rows = (
        f"<div><dt>{escaped(name)}</dt><dd>{escaped(value)}</dd></div>"
        for name, value in pairs.items()
    )
    return Markup(f"<dl>{''.join(rows)}</dl>")


def text_block(title: str, text: str) -> Markup:
    """Text in columns, such as a spec; it is folded until somebody opens it."""
    body = f"<pre>{escaped(text)}</pre>"
    return Markup(f"<details><summary>{escaped(title)}</summary>{body}</details>")


def picture(title: str, png: bytes) -> Markup:
    """A picture that is part of the page."""
    data, name = base64.b64encode(png).decode("ascii"), escaped(title)
    image = f'<img alt="{name}" src="data:image/png;base64,{data}">'
    return Markup(f"<figure>{image}<figcaption>{name}</figcaption></figure>")
