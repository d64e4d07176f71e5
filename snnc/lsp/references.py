"""Names inside of texts: ``"$name"``, expressions, and equations."""

import re
from collections.abc import Iterator

from snnc.lsp.chain import Chain
from snnc.lsp.symbols import Occurrence, Symbol, inner
from snnc.resolve.scope import EXPRESSION, NAME, opaque
from snnc.resolve.syntax import LITERALS
from snnc.source.source import Source
from snnc.source.tree import Path, Tree
from snnc.step.parse import FUNCTIONS

_WORD = re.compile(r"(?<![\w.])[^\W\d]\w*")
TARGET = re.compile(r"^[ \t]*([^\W\d]\w*)[ \t]*=(?!=)", re.MULTILINE)
_COMMENT = re.compile(r"#[^\n]*")
WORDS = frozenset({"and", "or", "not", "if", "else", "pi", *FUNCTIONS, *LITERALS})
"""Words of expressions and equations that are no names of the spec."""


def variables_in(chain: Chain, source: Source) -> Iterator[Occurrence]:
    """The variables and parameters that a file uses."""
    yield from _in_tree(chain, source, source.tree, ())


def _in_tree(chain: Chain, source: Source, node: Tree, path: Path) -> Iterator[Occurrence]:
    for key, child in node.table.items():
        if not opaque(key, child):
            yield from _in_tree(chain, source, child, (*path, key))
    for at, item in enumerate(node.items):
        yield from _in_tree(chain, source, item, (*path, at))
    if isinstance(node.value, str) and "$" in node.value:
        yield from _used(chain, source, node, path)


def _used(chain: Chain, source: Source, node: Tree, path: Path) -> Iterator[Occurrence]:
    """The names in one reference. Inside a block, its parameters hide variables."""
    text, place = str(node.value), inner(node)
    found = NAME.fullmatch(text) or EXPRESSION.fullmatch(text)
    if found is None or place is None:
        return
    block = str(path[1]) if path[0] == "blocks" and len(path) > 1 else ""
    own = chain.parameters(block, source) if block else []
    for word in _WORD.finditer(found[1]):
        name, at = word[0], found.start(1) + word.start()
        symbol = Symbol("parameter", block, name) if name in own else Symbol("variable", "", name)
        if name not in WORDS and (name in own or name in chain.variables):
            yield Occurrence(symbol, place.within(at, at + len(name)))


def in_equations(chain: Chain, source: Source, kind: str, node: Tree) -> Iterator[Occurrence]:
    """The names in the equations of a neuron or a surrogate gradient."""
    parameters = {*chain.parameters(kind, source)}
    output = node.get("output")
    place = inner(output) if output else None
    if output and place:
        yield Occurrence(Symbol("value", kind, str(output.value)), place)
    for key in ("step", "gradient"):
        if equations := node.get(key):
            yield from _in_text(equations, kind, parameters, _held(node))


def _held(node: Tree) -> set[str]:
    """Values of equations that the definition names: states and inputs."""
    state, inputs = node.get("state"), node.get("inputs")
    names = {str(item.value) for item in (inputs.items if inputs else ())}
    return names | {*(state.table if state else ())}


def _in_text(node: Tree, kind: str, parameters: set[str], held: set[str]) -> Iterator[Occurrence]:
    text = node.place.quoted
    quiet = [found.span() for found in _COMMENT.finditer(text)]
    assigned: set[str] = set()
    targets = {found.start(1) for found in TARGET.finditer(text)} | _first(text)
    for word in _WORD.finditer(text):
        name, at = word[0], word.start()
        if name in WORDS or any(start <= at < end for start, end in quiet):
            continue
        new = at in targets and name not in held and name not in assigned
        assigned |= {name} if at in targets else set()
        sort = Symbol("parameter" if name in parameters else "value", kind, name)
        yield Occurrence(sort, node.place.within(at, at + len(name)), defines=new)


def _first(text: str) -> set[int]:
    """The start of an assignment that follows the opening quotes."""
    found = re.match(r"(?:\"\"\"|'''|\"|')[ \t]*([^\W\d]\w*)[ \t]*=(?!=)", text)
    return {found.start(1)} if found else set()
