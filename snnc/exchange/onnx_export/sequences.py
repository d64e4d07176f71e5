"""A whole sequence as one graph: region by region, loops as Scan or written out."""

from collections.abc import Sequence

import numpy as np
from onnx import helper

from snnc.encoder import Encoder
from snnc.exchange.onnx_export.builder import Builder, value
from snnc.exchange.onnx_export.stepping import Operators, memory, weighed
from snnc.exchange.unsaid import Unsaid
from snnc.graph.delayed_edge import Past
from snnc.graph.types import Node
from snnc.layers.delay import Delay
from snnc.program.types import Fold, Op, Program, Scan
from snnc.readout import Readout

_REDUCE = {"mean": "ReduceMean", "sum": "ReduceSum", "max": "ReduceMax"}


class SequenceWriter:
    """Appends a program. A value is [B, ...], or over time [T, B, ...] or folded [T*B, ...]."""

    def __init__(self, b: Builder, operators: Operators, program: Program, unroll: bool) -> None:
        self.b, self._all, self._program, self._unroll = b, operators, program, unroll
        self.static: dict[str, str] = {}
        self.timed: dict[str, str] = {}
        self._folded: dict[str, str] = {}
        self.time_steps: int | None = program.graph.time_steps

    def read(self, name: str, data: str, time_steps: int | None) -> None:
        """Data under the name by which an encoder reads it; None: its length is open."""
        timed = f"{name}.data" in self._program.timed
        (self.timed if timed else self.static)[f"{name}.data"] = data
        self.time_steps = time_steps
        self._length = (
            self.b.op("Slice", self.b.op("Shape", data), *map(self.b.whole, (0, 1)))
            if time_steps is None
            else self.b.whole(time_steps)
        )

    def write(self) -> None:
        """All regions in order. Raises Unsaid with the node."""
        for region in self._program.regions:
            if isinstance(region, Scan):
                (self._unrolled if self._unroll else self._scan)(region)
                continue
            for op in region.ops:
                node = self._all.node(op)
                with Unsaid.of(node):
                    self._op(op, node, isinstance(region, Fold))

    def over_time(self, name: str) -> str:
        """A value [T, B, ...]."""
        if name not in self.timed:
            if name in self._folded:
                shape = self.b.op(
                    "Concat", self._length, self.b.whole(-1), self._sizes(name), axis=0
                )
                self.timed[name] = self.b.op("Reshape", self._folded[name], shape)
            else:
                self.timed[name] = self._repeated(self.static[name], name)
        return self.timed[name]

    def _sizes(self, name: str) -> str:
        return self.b.whole(*self._program.whole[name])

    def _repeated(self, x: str, name: str) -> str:
        """A static value at every step."""
        ones = self.b.whole(*[1] * (len(self._program.whole[name]) + 1))
        shape = self.b.op("Concat", self._length, ones, axis=0)
        return self.b.op("Expand", self.b.op("Unsqueeze", x, self.b.whole(0)), shape)

    def _flat(self, name: str) -> str:
        """A value [T*B, ...]."""
        if name not in self._folded:
            shape = self.b.whole(-1, *self._program.whole[name])
            self._folded[name] = self.b.op("Reshape", self.over_time(name), shape)
        return self._folded[name]

    def _op(self, op: Op, node: Node, folded: bool) -> None:
        operator = node.operator
        if isinstance(operator, Readout):
            self.static[op.writes] = self._readout(node, op.reads[0])
        elif isinstance(operator, Encoder):
            self._encoder(op, node)
        elif isinstance(operator, Past):
            self.timed[op.writes] = self._shifted(self.over_time(op.reads[0]), operator.steps, node)
        elif isinstance(operator, Delay):
            x = self.over_time(op.reads[0])
            past = [self._shifted(x, back, node) for back in range(memory(node) + 1)]
            self.timed[op.writes] = weighed(self.b, node, past, self._all.weights_of_delay(node))
        elif folded:
            inputs = [self._flat(name) for name in op.reads]
            self._folded[op.writes] = self._all.stateless(self.b, node, inputs)
        else:
            inputs = [self.static[name] for name in op.reads]
            self.static[op.writes] = self._all.stateless(self.b, node, inputs)

    def _encoder(self, op: Op, node: Node) -> None:
        data, kind = op.reads[0], node.operator.kind
        if kind in ("none", "direct"):
            known = self.timed if data in self.timed else self.static
            known[op.writes] = known[data]
        elif kind in ("columns", "rows"):
            perm = [3, 0, 1, 2] if kind == "columns" else [2, 0, 1, 3]
            swept = self.b.op("Transpose", self.static[data], perm=perm)
            shape = self.b.op("Concat", self._length, self.b.whole(-1, *node.shape), axis=0)
            self.timed[op.writes] = self.b.op("Reshape", swept, shape)
        else:
            raise Unsaid(
                f"the encoder {kind} has no ONNX form",
                "--encoder none exports the network behind it, which reads [T, B, ...]",
            )

    def _readout(self, node: Node, source: str) -> str:
        x, kind = self.over_time(source), node.operator.kind
        if kind == "sequence":
            return x
        if kind == "last":
            return self.b.op("Gather", x, self.b.weight(np.array(-1)), axis=0)
        return self.b.op(_REDUCE[kind], x, self.b.whole(0), keepdims=0)

    def _shifted(self, x: str, steps: int, node: Node) -> str:
        """Values ``steps`` steps earlier, 0 before the first."""
        if not steps:
            return x
        axes = len(node.shape) + 2
        pads = self.b.whole(steps, *[0] * (2 * axes - 1))
        return self.b.op(
            "Slice", self.b.op("Pad", x, pads), *map(self.b.whole, (0, -steps, 0)), name=node.path
        )

    def _outside(self, region: Scan) -> list[str]:
        """The values that a loop reads and does not make."""
        made = {op.writes for op in region.ops}
        reads = (name for op in region.ops for name in op.reads if name not in made)
        return list(dict.fromkeys(name for name in reads if "@-" not in name or name in self.timed))

    def _starts(self, region: Scan, like: str) -> dict[str, str]:
        """The states before the first step, [B, ...]: as many samples as ``like`` has."""
        starts = {}
        batch = self.b.op("Slice", self.b.op("Shape", like), *map(self.b.whole, (0, 1)))
        for state in self._all.states(region.ops):
            shape = self.b.op("Concat", batch, self.b.whole(*state.shape), axis=0)
            starts[state.name] = self.b.op("Expand", self.b.weight(state.start), shape)
        return starts

    def _first(self, region: Scan) -> str:
        """A value [B, ...] that the loop reads, for its number of samples."""
        outside = self._outside(region)
        static = next((name for name in outside if name in self.static), None)
        if static is not None:
            return self.static[static]
        return self.b.op("Gather", self.over_time(outside[0]), self.b.weight(np.array(0)), axis=0)

    def _scan(self, region: Scan) -> None:
        outside = self._outside(region)
        timed = [name for name in outside if name not in self.static]
        starts = self._starts(region, self._first(region))
        body = self.b.inside()
        inner = {name: body.name(f"{name}.t") for name in timed}
        states = {name: body.name(f"{name}.before") for name in starts}
        ticks = [] if timed else [body.name("tick")]
        values = {**{n: self.static[n] for n in outside if n in self.static}, **inner}
        found, after = self._all.step(body, region.ops, values, states)
        results = [self._given(body, after[name]) for name in starts]
        results += [self._given(body, found[name]) for name in region.yields]
        whole = self._program.whole
        sizes = [state.shape for state in self._all.states(region.ops)]
        given = [*sizes, *(whole[name] for name in region.yields)]
        graph = helper.make_graph(
            body.nodes,
            self.b.name("loop"),
            [
                *(value(n, "batch", *size) for n, size in zip(states.values(), sizes, strict=True)),
                *(value(inner[name], "batch", *whole[name]) for name in timed),
                *map(value, ticks),
            ],
            [value(n, "batch", *size) for n, size in zip(results, given, strict=True)],
        )
        sources = [self.over_time(name) for name in timed] or [
            self.b.op("ConstantOfShape", self._length)
        ]
        names = [*(f"{name}.end" for name in starts), *region.yields]
        outputs = self.b.ops(
            "Scan", [*starts.values(), *sources], names, body=graph, num_scan_inputs=len(sources)
        )
        self.timed |= dict(zip(region.yields, outputs[len(starts) :], strict=True))

    def _given(self, body: Builder, name: str) -> str:
        """A name of its own for what a body gives."""
        return body.op("Identity", name)

    def _unrolled(self, region: Scan) -> None:
        if self.time_steps is None:
            raise ValueError("an unrolled loop has a fixed length")
        outside = self._outside(region)
        states = self._starts(region, self._first(region))
        timed = {name: self._apart(name) for name in outside if name not in self.static}
        gathered: dict[str, list[str]] = {name: [] for name in region.yields}
        for t in range(self.time_steps):
            values = {name: self.static[name] for name in outside if name in self.static}
            values |= {name: steps[t] for name, steps in timed.items()}
            found, states = self._all.step(self.b, region.ops, values, states)
            for name in region.yields:
                gathered[name].append(self.b.op("Unsqueeze", found[name], self.b.whole(0)))
        for name, steps in gathered.items():
            self.timed[name] = self.b.op("Concat", *steps, name=name, axis=0)

    def _apart(self, name: str) -> Sequence[str]:
        """A value over time as one value for each step."""
        assert self.time_steps is not None
        wanted = [f"{name}.{t}" for t in range(self.time_steps)]
        parts = self.b.ops(
            "Split", [self.over_time(name)], wanted, axis=0, num_outputs=self.time_steps
        )
        return [self.b.op("Squeeze", part, self.b.whole(0)) for part in parts]
