"""Calls of a loop over time, recorded step by step, as those of one step.

Each call has a form: its function and the forms of what it reads, with how many steps earlier that
was. Calls of one form at several steps are one layer. A neuron's form is its module: at the first
step it may read something else, as long as it reads the same from the second step on.
"""

from collections.abc import Hashable, Mapping
from typing import Any

import torch
from torch import Tensor, fx

from snnc.exchange import Refused
from snnc.exchange.time_axis import Time
from snnc.exchange.torch_fx.timing import Clock, Layout

_MADE_ZERO = frozenset("zeros_like new_zeros ones_like new_ones full_like new_full".split())
"""Functions of a tensor that read its shape alone."""
_STACKED = {0: Layout.SEQUENCE, 1: Layout.LATE}
_SHORT = 16


class Rolled:
    """The step and the form of every call; ``last`` has the latest call of a form."""

    def __init__(
        self, graph: fx.Graph, neurons: frozenset[str], values: Mapping[fx.Node, Any], clock: Clock
    ) -> None:
        self.neurons, self.values, self.clock = neurons, values, clock
        self.steps: dict[fx.Node, int | None] = {}
        self.forms: dict[fx.Node, int] = {}
        self.last: dict[int, fx.Node] = {}
        self.constant: set[fx.Node] = set()
        self._known: dict[Hashable, int] = {}
        self._calls: dict[str, list[fx.Node]] = {}
        for node in graph.nodes:
            if node.op != "output":
                self._enter(node)

    def _enter(self, node: fx.Node) -> None:
        form, step = self._form(node)
        number = self._known.setdefault(form, len(self._known))
        self.forms[node], self.steps[node], self.last[number] = number, step, node

    def _form(self, node: fx.Node) -> tuple[Hashable, int | None]:
        if self._is_constant(node):
            self.constant.add(node)
            return self._value(node), None
        if node.op == "placeholder":
            return ("input",), None
        if (at := self.at(node)) is not None:
            return ("at", self.forms[at[0]]), at[1]
        if (stack := self.stacked(node)) is not None:
            return ("stack", self.forms[stack]), None
        step = max(
            (s for n in node.all_input_nodes if (s := self.steps[n]) is not None), default=None
        )
        if node.op == "call_module" and node.target in self.neurons and self._single(node):
            return self._neuron(node, step)
        read = fx.node.map_arg((node.args, dict(node.kwargs)), lambda n: self._read(n, step))
        return (node.op, str(node.target), _hashable(read)), step

    def _read(self, node: fx.Node, step: int | None) -> "_Read":
        own = self.steps[node]
        return _Read(self.forms[node], None if own is None or step is None else step - own)

    def _neuron(self, node: fx.Node, step: int | None) -> tuple[Hashable, int | None]:
        """A neuron's calls are steps, whatever they read."""
        calls = self._calls.setdefault(str(node.target), [])
        calls.append(node)
        if self.clock.time is Time.STEP:
            if len(calls) > 1:
                raise Refused(f"{node.target} is called twice in one time step")
            return ("neuron", str(node.target)), None
        if step is not None and step >= len(calls):
            raise Refused(f"{node.target} is called at step {step}, but not at each one before")
        return ("neuron", str(node.target)), len(calls) - 1

    def checked(self) -> None:
        """Check that every neuron reads the same at each step but the first. Raises Refused."""
        for path, calls in self._calls.items():
            fed = [self._read(arguments(call)[0], step) for step, call in enumerate(calls)]
            odd = next((t for t in range(2, len(fed)) if fed[t] != fed[1]), None)
            if odd is not None:
                raise Refused(
                    f"{path} reads something else at time step {odd} than at the one before"
                )
            if self.clock.time is not Time.STEP and len(calls) < 2:
                raise Refused(
                    f"{path} is called once: `--time step` is for a forward of one time step"
                )

    def _single(self, node: fx.Node) -> bool:
        """Whether a neuron's call is that of one step."""
        read = self.values[arguments(node)[0]]
        return self.clock.layout(tuple(read.shape)) is Layout.ONE

    def at(self, node: fx.Node) -> tuple[fx.Node, int] | None:
        """The sequence that a call takes one step of, and which."""
        if function(node) not in ("getitem", "select") or not isinstance(node.args[0], fx.Node):
            return None
        source, *rest = arguments(node)
        value = self.values.get(source)
        if not isinstance(value, Tensor) or source in self.constant:
            return None
        axis, index = self._index(node, rest)
        layout = self._layout(value)
        here = None if layout is None else {Layout.SEQUENCE: 0, Layout.LATE: 1}.get(layout)
        if here is None or axis != here or not isinstance(index, int):
            return None
        return source, index % self.clock.steps

    @staticmethod
    def _index(node: fx.Node, rest: list[Any]) -> tuple[int, Any]:
        if function(node) == "select":
            keys = dict(zip(("dim", "index"), rest, strict=False)) | dict(node.kwargs)
            return keys["dim"], keys["index"]
        (index,) = rest
        if isinstance(index, tuple) and len(index) >= 2 and index[0] == slice(None, None, None):
            rest_whole = all(i in (Ellipsis, slice(None, None, None)) for i in index[2:])
            return 1, index[1] if rest_whole else None
        if (
            isinstance(index, tuple)
            and index
            and all(i in (Ellipsis, slice(None, None, None)) for i in index[1:])
        ):
            return 0, index[0]
        return 0, index

    def _layout(self, value: Tensor) -> Layout | None:
        try:
            return self.clock.layout(tuple(value.shape))
        except Refused:
            return None

    def stacked(self, node: fx.Node) -> fx.Node | None:
        """The value that a call puts in order for every step, as it is at the last one."""
        given = node.args[0] if node.args else None
        if function(node) != "stack" or not isinstance(given, list | tuple):
            return None
        items = [item for item in given if isinstance(item, fx.Node)]
        axis: Any = (*node.args, node.kwargs.get("dim", 0))[1]
        whole = len(items) == len(given) == self.clock.steps and not self.constant & {*items}
        if not whole or self._layout(self.values[node]) != _STACKED.get(axis):
            return None
        steps = [self.steps[item] for item in items]
        alike = len({self.forms[item] for item in items[1:]}) == 1
        ordered = steps == [*range(len(items))] or steps == [None] * len(items)
        return items[-1] if alike and ordered else None

    def _is_constant(self, node: fx.Node) -> bool:
        if node.op == "placeholder":
            return node.args != ()
        if function(node) in _MADE_ZERO:
            return True
        return all(n in self.constant for n in node.all_input_nodes) and not self._stateful(node)

    def _stateful(self, node: fx.Node) -> bool:
        return node.op == "call_module" and node.target in self.neurons

    def _value(self, node: fx.Node) -> Hashable:
        value = self.values[node]
        if not isinstance(value, Tensor):
            return ("constant", repr(value))
        if self.is_zero(node):
            return ("zero",)
        if value.numel() <= _SHORT:
            return ("constant", tuple(value.shape), tuple(value.flatten().tolist()))
        return ("constant", str(node.target) if node.op == "get_attr" else node.name)

    def is_zero(self, node: Any) -> bool:
        """Whether a value is nothing: None, 0 or a tensor of zeros."""
        value = self.values.get(node) if isinstance(node, fx.Node) else node
        if isinstance(node, fx.Node) and node not in self.constant:
            return False
        if isinstance(value, Tensor):
            return not bool(torch.any(value))
        return value is None or (isinstance(value, int | float) and value == 0)

    def summed(self, node: fx.Node) -> fx.Node | None:
        """The value whose sum over all steps a chain of additions is, at the last step."""
        items: list[fx.Node] = []
        while (pair := self._addends(node)) is not None:
            node, item = pair
            items.append(item)
            if self.is_zero(node):
                break
        else:
            items.append(node)
        items.reverse()
        every = [self.steps.get(item) for item in items] == list(range(self.clock.steps))
        return items[-1] if every and len({self.forms[i] for i in items[1:]}) == 1 else None

    def _addends(self, node: Any) -> tuple[Any, fx.Node] | None:
        """The sum before, and what a call adds to it."""
        if not isinstance(node, fx.Node) or function(node) not in ("add", "iadd", "add_", "radd"):
            return None
        one, other = arguments(node)[:2]
        for before, item in ((one, other), (other, one)):
            step = self.steps.get(item) if isinstance(item, fx.Node) else None
            if step is None:
                continue
            earlier = self.steps.get(before) if isinstance(before, fx.Node) else None
            if self.is_zero(before) or (earlier is not None and earlier == step - 1):
                return before, item
        return None


class _Read(tuple[int, int | None]):
    """A form that is read, and how many steps earlier."""

    __slots__ = ()

    def __new__(cls, form: int, delay: int | None) -> "_Read":
        return super().__new__(cls, (form, delay))


def arguments(node: fx.Node) -> tuple[Any, ...]:
    """The positional arguments of a call."""
    return node.args


def function(node: fx.Node) -> str:
    """The name of the function or method that a call is of."""
    return node.target if isinstance(node.target, str) else getattr(node.target, "__name__", "")


def _hashable(value: Any) -> Hashable:
    if isinstance(value, _Read):
        return value
    if isinstance(value, dict):
        return tuple((key, _hashable(v)) for key, v in sorted(value.items()))
    if isinstance(value, list | tuple):
        return tuple(map(_hashable, value))
    return repr(value)
