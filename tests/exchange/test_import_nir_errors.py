"""NIR files that are broken or hostile: one sentence each, and nothing is written."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import h5py
import nir
import numpy as np
import pytest

from snnc.exchange import Unusable
from snnc.exchange.nir import confined, reading
from tests.support.cli import snnc as run

Import = Callable[..., tuple[int, str]]


@pytest.fixture
def bring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Import:
    """The command on net.nir of an empty folder: its exit code, and all that it says."""
    monkeypatch.chdir(tmp_path)

    def brought(*arguments: str) -> tuple[int, str]:
        ran = run(capsys, "import", "nir", "net.nir", "-o", "brought", *arguments)
        assert ran.out == ""
        assert "Traceback" not in ran.err
        assert "internal error" not in ran.err
        assert not [*Path().glob("brought*")]
        return ran.code, ran.err

    return brought


def neuron(size: int, **other: Any) -> nir.LIF:
    numbers = {"tau": 0.01, "r": 1.0, "v_leak": 0.0, "v_threshold": 1.0, "v_reset": 0.0, **other}
    return nir.LIF(**{key: np.full(size, value) for key, value in numbers.items()})


def write(nodes: dict[str, Any], *edges: str) -> None:
    whole = {
        "in": nir.Input({"input": np.array([4])}),
        **nodes,
        "out": nir.Output({"output": np.array([3])}),
    }
    pairs = [(a, b) for edge in edges for a, _, b in [edge.partition(">")]]
    nir.write("net.nir", nir.NIRGraph(whole, pairs, type_check=False))


def sound() -> None:
    """A graph of one Linear and one neuron."""
    nodes = {"fc": nir.Linear(np.ones((3, 4))), "lif": neuron(3)}
    write(nodes, "in>fc", "fc>lif", "lif>out")


def test_dt_has_no_default_and_the_file_suggests_one(bring: Import) -> None:
    sound()
    code, told = bring()
    assert code == 2
    assert "--dt is missing: a NIR file does not say how long a time step is" in told
    assert "time constants are 0.01, which look like seconds: --dt 0.001 makes them 10" in told


@pytest.mark.parametrize("dt", ["0", "-1", "nan", "inf"])
def test_dt_is_a_length(bring: Import, dt: str) -> None:
    sound()
    code, told = bring("--dt", dt)
    assert (code, "--dt must be greater than 0" in told) == (2, True)


@pytest.mark.parametrize("option", ["--reset", "--recurrence", "--start", "--fires", "--profile"])
def test_options_have_their_words(bring: Import, option: str) -> None:
    sound()
    code, told = bring("--dt", "1", option, "else")
    assert code == 2
    assert f"{option} must be one of" in told


LINEAR = {"fc": nir.Linear(np.ones((3, 4)))}
WRONG: dict[str, tuple[Callable[[], None], str]] = {
    "shapes that do not meet": (
        lambda: write({**LINEAR, "lif": neuron(5)}, "in>fc", "fc>lif", "lif>out"),
        "edge fc → lif: fc (Linear) gives [3], but lif (LIF) takes [5]",
    ),
    "an edge to nowhere": (
        lambda: write({"fc1": LINEAR["fc"]}, "in>fc1", "fc1>fc2", "fc1>out"),
        "edge fc1 → fc2: there is no node fc2: did you mean fc1?",
    ),
    "an edge twice": (
        lambda: write(LINEAR, "in>fc", "in>fc", "fc>out"),
        "edge in → fc is there twice",
    ),
    "a node that reads nothing": (
        lambda: write({**LINEAR, "b": nir.Scale(np.ones(3))}, "in>fc", "fc>out", "b>out"),
        "node b (Scale) reads nothing: no edge ends at it",
    ),
    "a cycle without a neuron": (
        lambda: write(
            {**LINEAR, "s": nir.Scale(np.ones(3)), "d": nir.Delay(np.ones(3))},
            *("in>fc", "fc>s", "s>d", "d>s", "s>out"),
        ),
        "a cycle without a neuron, so that nothing takes time: s → d → s",
    ),
    "a time constant of 0": (
        lambda: write({**LINEAR, "n": neuron(3, tau=0.0)}, "in>fc", "fc>n", "n>out"),
        "node n (LIF): tau must be greater than 0",
    ),
    "numbers that are none": (
        lambda: write({**LINEAR, "n": neuron(3, r=np.nan)}, "in>fc", "fc>n", "n>out"),
        "r of node n holds NaN or infinity",
    ),
    "weights of other channels": (
        lambda: write(
            {"c": nir.Conv1d(4, np.ones((3, 2, 3)), 1, 0, 1, 1, np.zeros(3))}, "in>c", "c>out"
        ),
        "node c (Conv1d): its weight is for 2 channels, but it reads [4]",
    ),
    "an edge out of an output": (
        lambda: write(LINEAR, "in>fc", "fc>out", "out>fc"),
        "edge out → fc begins at out, which is an Output",
    ),
    "a number that float32 does not hold": (
        lambda: write({**LINEAR, "n": neuron(3, r=1e-40)}, "in>fc", "fc>n", "n>out"),
        "node n: r is 1e-40, which float32 does not hold",
    ),
    "an input of no size": (
        lambda: nir.write(
            "net.nir",
            nir.NIRGraph(
                {"in": nir.Input({"input": np.array([0])}), "out": nir.Output({"output": [0]})},
                [("in", "out")],
                type_check=False,
            ),
        ),
        "node in (Input): [0] is no shape of a sample",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_broken_graph_is_told_by_edge_and_node(bring: Import, name: str) -> None:
    make, said = WRONG[name]
    make()
    code, told = bring("--dt", "1e-3")
    assert code == 2
    assert said in told
    assert told.count("\n") == 1


def test_a_profile_without_the_primitive_is_refused(bring: Import) -> None:
    write({"fc": LINEAR["fc"], "i": nir.CubaLI(*[np.ones(3)] * 4)}, "in>fc", "fc>i", "i>out")
    code, told = bring("--dt", "1e-3", "--profile", "sinabs")
    assert code == 1
    assert told == "net.nir: the profile sinabs has no CubaLI: Sinabs imports IF, LIF and LI\n"


def change(edit: Callable[[Any], None]) -> None:
    """A sound file, edited."""
    sound()
    with h5py.File("net.nir", "r+") as file:
        edit(file)


def replaced(path: str, **dataset: Any) -> Callable[[Any], None]:
    def edit(file: Any) -> None:
        del file[path]
        file.create_dataset(path, **dataset)

    return edit


def linked(path: str, link: Any) -> Callable[[Any], None]:
    def edit(file: Any) -> None:
        del file[path]
        file[path] = link

    return edit


def _inside_itself(file: Any) -> None:
    nodes = file["node/nodes"]
    nodes["loop"] = file["node"]


def _group_for_numbers(file: Any) -> None:
    del file["node/nodes/fc/weight"]
    file.create_group("node/nodes/fc/weight")


def _many(file: Any) -> None:
    inner = file["node"]
    for level in range(12):
        outer = file.create_group(f"level{level}")
        outer["type"] = "NIRGraph"
        outer.create_dataset("edges", data=np.empty((0, 2)), dtype=h5py.string_dtype())
        nodes = outer.create_group("nodes")
        for twin in "abcdefgh":
            nodes[twin] = inner
        inner = outer
    del file["node"]
    file["node"] = inner


_ZEROS = {"dtype": "f8", "chunks": True, "compression": "gzip"}
HOSTILE: dict[str, tuple[Callable[[Any], None], str]] = {
    "a terabyte": (
        replaced("node/nodes/fc/weight", shape=(2**20, 2**17), **_ZEROS),
        "weight of node fc: its numbers are more than 512 MB",
    ),
    "many edges": (
        replaced("node/edges", shape=(10**9, 2), dtype=h5py.string_dtype(), chunks=(1000, 2)),
        "has more than 20,000 edges",
    ),
    "a link out of the file": (
        linked("node/nodes/fc/weight", h5py.ExternalLink("/etc/hostname", "/")),
        "weight is a link to another place: links are not followed",
    ),
    "a soft link": (
        linked("node/nodes", h5py.SoftLink("/node")),
        "nodes is a link to another place",
    ),
    "a graph inside itself": (_inside_itself, "graph loop is inside itself"),
    "graphs that are there a billion times": (_many, "more than 2,000 nodes"),
    "text for numbers": (
        replaced("node/nodes/fc/weight", data="weights"),
        "weight of node fc holds no numbers",
    ),
    "complex numbers": (
        replaced("node/nodes/fc/weight", data=np.ones((3, 4), np.complex64)),
        "weight of node fc holds no numbers: it is complex64",
    ),
    "a number for a graph": (replaced("node", data=3.0), "there is no group `node`"),
    "a number for a type": (
        replaced("node/nodes/lif/type", data=3.0),
        "type of node lif is no text",
    ),
    "an unknown type": (
        replaced("node/nodes/lif/type", data="LIFF"),
        "node lif is a LIFF, which NIR does not have: did you mean LIF?",
    ),
    "a group for numbers": (
        _group_for_numbers,
        "node fc has no dataset `weight`",
    ),
    "a field that is missing": (
        lambda file: file.pop("node/nodes/lif/tau") and None,
        "node lif (LIF) has no tau",
    ),
    "edges of numbers": (replaced("node/edges", data=np.ones((3, 2))), "edges of graph"),
    "a weight of one axis": (
        replaced("node/nodes/fc/weight", data=np.ones(4)),
        "node fc (Linear): its numbers do not fit",
    ),
    "a name that prints nothing": (
        lambda file: file["node/nodes"].move("fc", "f\x1bc"),
        "is no name of a node",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused(bring: Import, name: str) -> None:
    edit, said = HOSTILE[name]
    change(edit)
    code, told = bring("--dt", "1e-3")
    assert code == 2
    assert said in told
    assert "\x1b" not in told


def test_numbers_of_another_file_are_not_read(bring: Import) -> None:
    sound()
    Path("secret").write_bytes(bytes(range(96)))
    with h5py.File("net.nir", "r+") as file:
        del file["node/nodes/fc/weight"]
        file["node/nodes/fc"].create_dataset(
            "weight", (3, 4), "f8", external=[("secret", 0, h5py.h5f.UNLIMITED)]
        )
    code, told = bring("--dt", "1e-3")
    assert code == 2
    assert "weight of node fc lies in another file: that is not read" in told


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x89HDF\r\n\x1a\n", b"PK\x03\x04" * 99])
def test_what_is_no_hdf5(bring: Import, content: bytes) -> None:
    Path("net.nir").write_bytes(content)
    code, told = bring("--dt", "1e-3")
    assert code == 2
    assert told == ("snnc: net.nir: is no HDF5 file that can be read, or only a part of one\n")


def test_what_is_not_there_or_no_graph(bring: Import) -> None:
    code, told = bring("--dt", "1")
    assert (code, told) == (2, "snnc: net.nir: no such file or directory\n")
    with h5py.File("net.nir", "w") as file:
        file["layer"] = 3
    code, told = bring("--dt", "1")
    assert code == 2
    assert "is HDF5 but holds no NIR graph: there is no group `node`" in told


def told_of(path: Path) -> bool:
    """Whether a file is refused; by its name then."""
    try:
        reading.read(path)
    except Unusable as error:
        return str(error).startswith(f"{path}: ")
    return False


def test_damage_anywhere_is_told(tmp_path: Path) -> None:
    nodes = {"fc": nir.Linear(np.arange(12.0).reshape(3, 4)), "lif": neuron(3)}
    names = ["in", *nodes, "out"]
    ports = nir.Input({"input": np.array([4])}), nir.Output({"output": np.array([3])})
    whole = {"in": ports[0], **nodes, "out": ports[1]}
    path = tmp_path / "net.nir"
    nir.write(path, nir.NIRGraph(whole, [*pairwise(names)]))
    content, told = path.read_bytes(), 0
    rng = np.random.default_rng(5)
    for _ in range(150):
        damaged = bytearray(content)
        for place in rng.integers(0, len(content), 20):
            damaged[place] ^= 1 << int(rng.integers(8))
        path.write_bytes(damaged)
        told += told_of(path)
    assert told > 20


def test_a_file_that_takes_too_long_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "net.nir").write_bytes(b"")
    monkeypatch.setattr(confined, "_CHILD", "while True: pass")
    monkeypatch.setattr(confined, "PATIENCE", 0.5)
    with pytest.raises(Unusable, match="cannot be read within 4 seconds and 3 GB"):
        confined.checked(tmp_path / "net.nir")


def test_a_folder_is_no_file(bring: Import) -> None:
    Path("net.nir").mkdir()
    assert bring("--dt", "1") == (2, "snnc: net.nir is no file\n")
