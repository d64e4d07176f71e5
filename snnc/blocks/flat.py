"""The items of a walk as a document with one flat list of layers."""

from collections.abc import Iterator
from dataclasses import replace

from snnc.blocks.items import Edge, Item, ScopeNames, follow, loops
from snnc.blocks.state import State
from snnc.blocks.uses import Container, InferredSize, Use
from snnc.names import is_reference
from snnc.resolve.collect import without
from snnc.source.diagnostic import Diagnostic
from snnc.source.tree import Tree


def flat(tree: Tree, state: State, names: ScopeNames) -> Tree:
    """The document without blocks: every layer has its path and reads paths."""
    _check_absent(state)
    network = tree.table["network"]
    layers = network.table["layers"]
    made = [_layer(item) for item in state.items]
    if layers.items and not made:
        made = [_something(layers, state)]
    network = network.with_value({**network.table, "layers": layers.with_value(made)})
    return _outputs(tree.with_value({**tree.table, "network": network}), state, names)


def containers(state: State) -> dict[str, Container]:
    """Every use and repetition that has layers, by its path."""
    return {path: _container(made, item) for path, (made, item) in state.containers.items()}


def sizes(state: State) -> dict[str, InferredSize]:
    """The sizes that are inferred, by the path of their layer."""
    found = ((path, key, _text(item.reads[0])) for path, (key, item) in _wired(state))
    return {path: InferredSize(key, text.partition("@")[0]) for path, key, text in found if text}


def _wired(state: State) -> Iterator[tuple[str, tuple[str, Item]]]:
    return ((path, size) for path, size in state.sizes.items() if size[1].reads)


def _container(made: Container, item: Item) -> Container:
    if not isinstance(made, Use):
        return made
    inputs = [_text(edge) or "" for edge in item.reads]
    value = _text(Edge(item)) or ""
    return replace(made, inputs=dict(zip(made.inputs, inputs, strict=False)), value=value)


def _check_absent(state: State) -> None:
    for item in state.absent:
        if loops(item):
            name = item.path.rpartition(".")[2]
            message = f"`{name}` is absent and would be replaced by itself"
            state.wiring.tell("SNN306", "cycle", message, item.at)


def _something(layers: Tree, state: State) -> Tree:
    """Check that a layer is left, so that the message does not blame an empty list."""
    if not state.findings and not state.wiring.problems:
        message = "no layer is left: `when` is false for each of them"
        found = Diagnostic("SNN204", "bad-value", message, layers.place, None, layers.notes)
        state.findings.append(found)
    kind = Tree("Identity", layers.key, layers.place)
    return Tree({"kind": kind}, layers.key, layers.place)


def _layer(item: Item) -> Tree:
    """A layer of the list. What reads nothing is told elsewhere."""
    tree = item.layer
    assert tree is not None
    if not item.path:
        return tree
    here = Tree(item.path, tree.key, tree.place, tree.notes)
    source = _from(item, tree)
    rest = {key: node for key, node in tree.table.items() if key != "kind"}
    found = {"from": source} if source else {}
    return tree.with_value({"kind": tree.table["kind"], "name": here, **found, **rest})


def _from(item: Item, tree: Tree) -> Tree | None:
    texts = [_text(edge) for edge in item.reads]
    known = [text for text in texts if text]
    if not texts or len(known) < len(texts):
        return None
    node = item.source or Tree("", tree.key, tree.place, tree.notes)
    if isinstance(node.value, list):
        items = zip(node.items, known, strict=True)
        return node.with_value([replace(child, value=text) for child, text in items])
    if len(known) == 1:
        return replace(node, value=known[0])
    return replace(node, value=[replace(node, value=text) for text in known])


def _text(edge: Edge) -> str | None:
    found = follow(edge)
    if found is None:
        return None
    return f"{found.item.path}@-{found.delay}" if found.delay else found.item.path


def _outputs(tree: Tree, state: State, names: ScopeNames) -> Tree:
    """Every output says which layer it reads."""
    several = tree.get("outputs")
    if several is None:
        output = tree.get("output") or Tree({}, tree.key, tree.place)
        return tree.with_value({**tree.table, "output": _output(output, state, names)})
    if not isinstance(several.value, dict):
        return tree
    made = {name: _output(node, state, names) for name, node in several.table.items()}
    return tree.with_value({**tree.table, "outputs": several.with_value(made)})


def _output(node: Tree, state: State, names: ScopeNames) -> Tree:
    if not isinstance(node.value, dict):
        return node
    source = node.get("from")
    if source is not None and not is_reference(source.value):
        return node
    if source is None:
        edge = Edge(names.above) if names.above else None
    else:
        edge = state.wiring.edge(names, source, len(names.items) + 1)
    text = _text(edge) if edge else None
    base = source or Tree("", node.key, node.place, node.notes)
    rest = without(node, "from").table
    return node.with_value({**rest, "from": replace(base, value=text)} if text else rest)
