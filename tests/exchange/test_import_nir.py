"""Graphs of NIR as networks: each beside the plain equations, on torch and C."""

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import nir
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import load as loaded

import snnc
from snnc.exchange import Refused
from snnc.exchange.nir.importing import NirImport, from_file
from snnc.exchange.nir.options import NirOptions
from tests.support.nir_reference import outputs

DT = 1e-3
RNG = np.random.default_rng


def full(value: float, size: int | tuple[int, ...]) -> NDArray[np.float32]:
    return np.full(size, value, np.float32)


def varied(low: float, high: float, *size: int) -> NDArray[np.float32]:
    return RNG(int(1000 * (high - low))).uniform(low, high, size).astype(np.float32)


def lif(size: int) -> nir.LIF:
    return nir.LIF(
        tau=varied(0.002, 0.02, size),
        r=varied(0.5, 4.0, size),
        v_leak=varied(-0.2, 0.2, size),
        v_threshold=varied(0.2, 0.6, size),
        v_reset=varied(-0.3, 0.1, size),
    )


def cubalif(size: int) -> nir.CubaLIF:
    return nir.CubaLIF(
        tau_syn=varied(0.002, 0.008, size),
        tau_mem=varied(0.003, 0.02, size),
        r=varied(1.0, 3.0, size),
        v_leak=full(0.0, size),
        v_threshold=full(0.3, size),
        v_reset=full(-0.1, size),
        w_in=varied(0.5, 2.0, size),
    )


def if_(size: int) -> nir.IF:
    return nir.IF(r=full(1 / DT, size), v_threshold=varied(0.4, 1.5, size), v_reset=full(0, size))


def affine(outputs: int, inputs: int) -> nir.Affine:
    return nir.Affine(varied(-0.6, 1.2, outputs, inputs), varied(-0.1, 0.3, outputs))


def chain(shape: tuple[int, ...], out: tuple[int, ...], **nodes: Any) -> nir.NIRGraph:
    names = ["in", *nodes, "out"]
    whole = {
        "in": nir.Input({"input": np.array(shape)}),
        **nodes,
        "out": nir.Output({"output": np.array(out)}),
    }
    return nir.NIRGraph(whole, [*pairwise(names)], type_check=False)


def graph(nodes: dict[str, Any], *edges: str) -> nir.NIRGraph:
    pairs = [(a, b) for edge in edges for a, _, b in [edge.partition(">")]]
    return nir.NIRGraph(nodes, pairs, type_check=False)


def ports(inputs: int, outputs: int) -> dict[str, Any]:
    return {
        "in": nir.Input({"input": np.array([inputs])}),
        "out": nir.Output({"output": np.array([outputs])}),
    }


def brought(tmp_path: Path, network: Any, **options: Any) -> NirImport:
    path = tmp_path / "network.nir"
    nir.write(path, network, compression=None)  # scalars cannot be compressed
    return from_file(path, "brought", NirOptions(**{"dt": DT, **options}))


def run(tmp_path: Path, made: NirImport, x: NDArray[Any], dtype: torch.dtype) -> NDArray[Any]:
    """The output [T, ...] of the imported network."""
    path = tmp_path / "brought.snn.toml"
    path.write_text(made.spec)
    net = snnc.compile(path).to(dtype).eval()
    net.load_state_dict(loaded(made.weights))
    with torch.no_grad():
        y = net(torch.from_numpy(x).to(dtype)[:, None])[:, 0]
    found: NDArray[Any] = y.double().numpy()
    return found


def spikes(*shape: int) -> NDArray[np.float64]:
    return (RNG(7).random((60, *shape)) < 0.4).astype(np.float64)


CHAINS: dict[str, tuple[Any, tuple[int, ...]]] = {
    "LIF": (chain((6,), (5,), w=affine(5, 6), lif=lif(5)), (6,)),
    "CubaLIF": (chain((6,), (5,), w=affine(5, 6), lif=cubalif(5)), (6,)),
    "IF": (chain((6,), (4,), w=nir.Linear(varied(-0.5, 1.0, 4, 6)), spikes=if_(4)), (6,)),
    "LI": (
        chain((3,), (3,), li=nir.LI(varied(0.002, 0.01, 3), full(2.0, 3), varied(0.0, 0.4, 3))),
        (3,),
    ),
    "CubaLI": (
        chain(
            (3,),
            (3,),
            li=nir.CubaLI(full(0.004, 3), full(0.01, 3), full(1, 3), full(0.1, 3), full(2, 3)),
        ),
        (3,),
    ),
    "I": (chain((3,), (3,), i=nir.I(full(300.0, 3))), (3,)),
    "Scale and Threshold": (
        chain(
            (4,), (4,), scale=nir.Scale(varied(0.3, 2.0, 4)), up=nir.Threshold(varied(0.5, 1.0, 4))
        ),
        (4,),
    ),
    "Delay": (
        chain((4,), (4,), late=nir.Delay(np.array([0, 1, 2, 5]) * DT), lif=lif(4)),
        (4,),
    ),
    "Conv2d, SumPool2d, Flatten": (
        chain(
            (2, 8, 8),
            (3,),
            conv=nir.Conv2d((8, 8), varied(-0.4, 0.8, 4, 1, 3, 3), 1, 1, 1, 2, varied(0, 0.2, 4)),
            act=nir.IF(full(1 / DT, (4, 8, 8)), full(0.7, (4, 8, 8)), full(0, (4, 8, 8))),
            pool=nir.SumPool2d(np.array([2, 2]), np.array([2, 2]), np.array([0, 0])),
            flat=nir.Flatten({"input": np.array([4, 4, 4])}, 0, -1),
            fc=nir.Linear(varied(-0.3, 0.32, 3, 64)),
            lif=lif(3),
        ),
        (2, 8, 8),
    ),
    "Conv1d of strings, AvgPool2d": (
        chain(
            (3, 12),
            (5, 12),
            conv=nir.Conv1d(12, varied(-0.4, 0.8, 5, 3, 3), 1, "same", 1, 1, varied(0, 0.2, 5)),
            act=nir.LIF(*(full(v, (5, 12)) for v in (0.01, 4.0, 0.0, 0.4, 0.0))),
        ),
        (3, 12),
    ),
    "AvgPool2d with padding": (
        chain(
            (2, 6, 6),
            (2, 3, 3),
            pool=nir.AvgPool2d(np.array([3, 3]), np.array([2, 2]), np.array([1, 1])),
            act=nir.IF(full(1 / DT, (2, 3, 3)), full(0.5, (2, 3, 3)), full(0, (2, 3, 3))),
        ),
        (2, 6, 6),
    ),
    "scalars": (
        chain((4,), (4,), lif=nir.LIF(*(np.array(v) for v in (0.01, 5.0, 0.0, 0.5, -0.1)))),
        (4,),
    ),
}


@pytest.mark.parametrize("backend", ["torch", "c"])
@pytest.mark.parametrize("name", CHAINS)
def test_every_primitive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, backend: str
) -> None:
    monkeypatch.setenv("SNNC_BACKEND", backend)
    network, shape = CHAINS[name]
    x = spikes(*shape)
    want = outputs(network, [*network.nodes], set(), x, DT)["out"]
    made = brought(tmp_path, network)
    assert len(np.unique(want)) > 1
    for dtype, close in ((torch.float64, 1e-14), (torch.float32, 1e-5)):
        got = run(tmp_path, made, x, dtype)
        if {*np.unique(want)} <= {0.0, 1.0}:
            assert int((got != want).sum()) == 0
        else:
            assert np.abs(got - want).max() < close


def test_several_edges_are_a_sum(tmp_path: Path) -> None:
    nodes = {**ports(4, 4), "a": affine(4, 4), "b": nir.Linear(varied(-1, 1, 4, 4)), "s": if_(4)}
    network = graph(nodes, "in>a", "in>b", "a>s", "b>s", "in>s", "s>out", "b>out")
    x = spikes(4)
    want = outputs(network, ["in", "a", "b", "s", "out"], set(), x, DT)["out"]
    got = run(tmp_path, brought(tmp_path, network), x, torch.float64)
    assert np.array_equal(got, want)


@pytest.mark.parametrize("recurrence", ["spike", "current"])
def test_a_cycle_carries_what_was_there_before(tmp_path: Path, recurrence: str) -> None:
    nodes = {**ports(5, 6), "w": affine(6, 5), "lif": cubalif(6), "back": affine(6, 6)}
    network = graph(nodes, "in>w", "w>lif", "lif>back", "back>lif", "lif>out")
    late = {("lif", "back")} if recurrence == "spike" else {("back", "lif")}
    order = ["in", "w", *(["back", "lif"] if recurrence == "spike" else ["lif", "back"]), "out"]
    x = spikes(5)
    want = outputs(network, order, late, x, DT)["out"]
    got = run(tmp_path, brought(tmp_path, network, recurrence=recurrence), x, torch.float64)
    assert want.sum() > 20
    assert np.array_equal(got, want)


def test_two_neurons_of_a_cycle_are_in_one_step_but_for_the_way_back(tmp_path: Path) -> None:
    nodes = {**ports(4, 4), "a": affine(4, 4), "one": lif(4), "b": affine(4, 4), "two": lif(4)}
    nodes["back"] = nir.Linear(varied(-0.4, 0.5, 4, 4))
    network = graph(nodes, "two>back", "back>one", "in>a", "a>one", "one>b", "b>two", "two>out")
    made = brought(tmp_path, network)
    assert "two@-1" in made.spec
    assert "one@-1" not in made.spec
    order = ["in", "a", "back", "one", "b", "two", "out"]
    x = spikes(4)
    want = outputs(network, order, {("two", "back")}, x, DT)["out"]
    assert np.array_equal(run(tmp_path, made, x, torch.float64), want)


def test_a_delay_in_a_cycle_is_an_edge_of_so_many_steps(tmp_path: Path) -> None:
    nodes = {**ports(5, 5), "lif": lif(5), "back": affine(5, 5), "d": nir.Delay(full(2 * DT, 5))}
    network = graph(nodes, "in>lif", "lif>d", "d>back", "back>lif", "lif>out")
    made = brought(tmp_path, network)
    assert '"lif@-3"' in made.spec
    x = spikes(5)
    want = outputs(network, ["in", "d", "back", "lif", "out"], {("lif", "d")}, x, DT)["out"]
    assert np.array_equal(run(tmp_path, made, x, torch.float64), want)
    nodes["d"] = nir.Delay(np.arange(5) * DT)
    with pytest.raises(Refused, match="d: a Delay in a cycle needs one delay"):
        brought(tmp_path, graph(nodes, "in>lif", "lif>d", "d>back", "back>lif", "lif>out"))


def test_a_graph_inside_is_its_flat_twin(tmp_path: Path) -> None:
    first, cell, back, last = affine(6, 5), cubalif(6), affine(6, 6), affine(3, 6)
    inner = graph(
        {**ports(6, 6), "cell": cell, "back": back},
        *("in>cell", "cell>back", "back>cell", "cell>out"),
    )
    nested = graph(
        {**ports(5, 3), "w": first, "sub": inner, "v": last}, "in>w", "w>sub", "sub>v", "v>out"
    )
    flat = graph(
        {**ports(5, 3), "w": first, "cell": cell, "back": back, "v": last},
        *("in>w", "w>cell", "cell>back", "back>cell", "cell>v", "v>out"),
    )
    x = spikes(5)
    of_nested, of_flat = (
        run(tmp_path, brought(tmp_path, each), x, torch.float64) for each in (nested, flat)
    )
    assert np.array_equal(of_nested, of_flat)
    assert "sub_cell" in brought(tmp_path, nested).spec


def test_soft_resets_are_asked_for(tmp_path: Path) -> None:
    network, shape = CHAINS["LIF"]
    x = spikes(*shape)
    hard = outputs(network, [*network.nodes], set(), x, DT)["out"]
    want = outputs(network, [*network.nodes], set(), x, DT, soft=True)["out"]
    got = run(tmp_path, brought(tmp_path, network, reset="soft"), x, torch.float64)
    assert not np.array_equal(want, hard)
    assert np.array_equal(got, want)


def test_a_potential_at_its_threshold_fires_if_asked(tmp_path: Path) -> None:
    network = chain((1,), (1,), spikes=nir.IF(full(1 / 2, 1), full(1.0, 1), full(0, 1)))
    x = np.ones((4, 1))
    strict = run(tmp_path, brought(tmp_path, network, dt=1.0), x, torch.float64)
    at = run(tmp_path, brought(tmp_path, network, dt=1.0, fires="at"), x, torch.float64)
    assert strict[:, 0].tolist() == [0, 0, 1, 0]
    assert at[:, 0].tolist() == [0, 1, 0, 1]


def test_potentials_begin_at_the_leak_if_asked(tmp_path: Path) -> None:
    leak = np.array([0.4, -0.2, 0.1])
    network = chain((3,), (3,), li=nir.LI(full(0.01, 3), full(1.0, 3), leak))
    x = np.zeros((3, 3))
    begun = run(tmp_path, brought(tmp_path, network, start="v_leak"), x, torch.float64)
    assert np.allclose(begun, leak, atol=1e-15)
    assert np.abs(run(tmp_path, brought(tmp_path, network), x, torch.float64)).max() < 0.2


def test_the_profile_of_sinabs_counts_spikes(tmp_path: Path) -> None:
    network = chain((2,), (2,), iaf=nir.IF(full(1, 2), full(1.0, 2), full(0, 2)))
    x = np.array([[2.5, -3.0], [0.5, 0.0], [0.0, 2.0], [0.0, 1.0]])
    got = run(tmp_path, brought(tmp_path, network, dt=1.0, profile="sinabs"), x, torch.float64)
    assert got.tolist() == [[2, 0], [1, 0], [0, 1], [0, 1]]


def test_several_inputs_and_outputs_keep_their_names(tmp_path: Path) -> None:
    nodes = {
        "left": nir.Input({"input": np.array([3])}),
        "right": nir.Input({"input": np.array([3])}),
        "s": if_(3),
        "sums": nir.Output({"output": np.array([3])}),
        "echo": nir.Output({"output": np.array([3])}),
    }
    made = brought(tmp_path, graph(nodes, "left>s", "right>s", "s>sums", "right>echo"))
    path = tmp_path / "brought.snn.toml"
    path.write_text(made.spec)
    net = snnc.compile(path)
    net.load_state_dict(loaded(made.weights))
    x = torch.rand(5, 1, 3)
    found = net(left=x, right=2 * x)
    assert torch.equal(found.echo, 2 * x)
    assert found.sums.shape == (5, 1, 3)


def test_a_flatten_that_counts_the_batch_axis_is_seen(tmp_path: Path) -> None:
    flat = nir.Flatten({"input": np.array([0, 2, 3, 3])}, 1, -1)
    network = chain((2, 3, 3), (2,), flat=flat, fc=affine(2, 18))
    made = brought(tmp_path, network)
    assert "assumed: axes of flat count a batch axis, as its input_type does" in made.remarks
    assert run(tmp_path, made, spikes(2, 3, 3), torch.float64).shape == (60, 2)


def test_what_is_assumed_is_told_with_its_option(tmp_path: Path) -> None:
    nodes = {**ports(5, 6), "w": affine(6, 5), "lif": cubalif(6), "back": affine(6, 6)}
    network = graph(nodes, "in>w", "w>lif", "lif>back", "back>lif", "lif>out")
    made = brought(tmp_path, network)
    told = "\n".join(made.remarks)
    assert "exact: Affine ×2, CubaLIF" in told
    for option in ("--dt", "--reset soft", "--recurrence current", "--profile sinabs"):
        assert option in told
    assert all(f"# {remark}\n" in made.spec for remark in made.remarks)
    assert "--start v_leak" not in told, "every v_leak is 0"


WITHOUT_TORCH = """\
import sys
sys.modules["torch"] = None  # an import of it fails
from snnc.cli import main
for command in (
    ["import", "nir", "net.nir", "--dt", "1e-3", "-o", "brought"],
    ["export", "nir", "brought.snn.toml", "--weights", "brought.safetensors", "--dt", "1e-3"],
):
    try:
        main(command)
    except SystemExit as ended:
        assert ended.code == 0, (command, ended.code)
"""


def test_nir_needs_no_torch(tmp_path: Path) -> None:
    nir.write(tmp_path / "net.nir", CHAINS["LIF"][0])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    first, second = nir.read(tmp_path / "net.nir"), nir.read(tmp_path / "brought.nir")
    for name in ("tau", "r", "v_leak", "v_threshold", "v_reset"):
        want, got = (getattr(graph.nodes["lif"], name) for graph in (first, second))
        assert np.allclose(got, want, rtol=1e-12)
