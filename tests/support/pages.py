"""Pages of HTML as a browser would read them, as far as the standard library can."""

from html.parser import HTMLParser
from pathlib import Path

VOID = {"img", "link", "meta"}
MOST = 2_000_000
"""Bytes of a page."""


class Page(HTMLParser):
    """The elements of a page: tables as rows of text, headings, and whatever could be loaded."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tables: list[list[list[str]]] = []
        self.headings: list[str] = []
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.policy = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self.open.append(tag)
        if "http-equiv" in told:
            self.policy = told["content"]
        self.loaded += [told[name] for name in ("src", "srcset", "data") if name in told]
        self.loaded += [told["href"]] if tag == "link" else []
        self.links += [told["href"]] if tag == "a" else []
        self.ids += [told["id"]] if "id" in told else []
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
        elif tag == "h2":
            self.headings.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "h2" in self.open:
            self.headings[-1] += data
        elif {"td", "th"} & {*self.open}:
            self.tables[-1][-1][-1] += data

    def table(self, head: str) -> list[list[str]]:
        """The rows of the table whose first heading that is, without its head."""
        return next(rows[1:] for rows in self.tables if rows[0][0] == head)


def checked(path: Path) -> Page:
    """A page, if it is whole, small, and loads nothing from elsewhere."""
    text = path.read_text("utf-8")
    assert len(text.encode()) < MOST
    page = Page(text)
    assert page.open == []
    assert page.policy.startswith("default-src 'none'")
    assert all(source.startswith("data:") for source in page.loaded)
    assert [link.removeprefix("#") for link in page.links] == page.ids
    outside = text.replace(page.policy, "")
    assert not any(word in outside for word in ("http:", "https:", "@import", "url("))
    return page
