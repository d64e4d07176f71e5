"""One self-contained page of HTML: tables that can be sorted, pictures, text; needs no torch.

markup    escaped elements
tables    tables, their cells, and the matrix of a classifier
network   the program of a network and its spec, as sections
document  the whole page: style, script, and a policy by which nothing is loaded

A page works from file:// and makes no request.
"""

from .document import page
from .markup import Markup, escaped, facts, note, picture, section, text_block
from .network import Row, network_sections, rows_of
from .tables import matrix, table

__all__ = [
    "Markup",
    "Row",
    "escaped",
    "facts",
    "matrix",
    "network_sections",
    "note",
    "page",
    "picture",
    "rows_of",
    "section",
    "table",
    "text_block",
]
