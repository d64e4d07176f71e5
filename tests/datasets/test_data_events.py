"""data.py for events: files in the original formats, frames against a count by hand."""

import itertools
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import torch
from torch import Tensor

import snnc
from snnc import network
from tests.support.data_files import STEPS, imported, module

Event = tuple[float, tuple[int, ...]]  # milliseconds; polarity, row and column, or a channel
TIME = {"frames": "time"}


def by_count(events: Sequence[Event]) -> list[list[Event]]:
    """Frames with as many events each: those before every k/T of all of them."""
    ends = [-(-len(events) * k // STEPS) for k in range(STEPS + 1)]
    return [list(events[a:b]) for a, b in itertools.pairwise(ends)]


def by_time(
    events: Sequence[Event], start: float, duration: float, last: float = 0.0
) -> list[list[Event]]:
    """Frames that span as much time each; the last one ``last`` more."""
    ends = [start + duration * k / STEPS for k in range(STEPS)] + [start + duration + last]
    return [[e for e in events if a <= e[0] < b] for a, b in itertools.pairwise(ends)]


def counted(frames: list[list[Event]], shape: tuple[int, ...]) -> Tensor:
    """The frames as the network reads them, counted one event after another."""
    found = torch.zeros(STEPS, *shape)
    for step, frame in enumerate(frames):
        for _, address in frame:
            found[(step, *address)] += 1
    return found


def ordered(split: Any) -> list[Tensor]:
    """The samples of a split by their labels, which differ in these tests."""
    labels: Any = split.labels.argsort()
    return [split[int(i)][0] for i in labels]


# --- SHD -----------------------------------------------------------------------------------------


def digit(label: int, count: int) -> list[Event]:
    """Spikes of one spoken digit: milliseconds that float16 holds as seconds, and a channel."""
    random = np.random.RandomState(label)
    when = np.sort(random.randint(0, 1024, count)) / 1024 * 1000
    return [(float(t), (int(c),)) for t, c in zip(when, random.randint(0, 700, count), strict=True)]


def write_shd(path: Path, digits: dict[int, list[Event]]) -> None:
    """A file as the Heidelberg group makes them: ragged float16 seconds and uint16 channels."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        spikes = file.create_group("spikes")
        for name, kind in (("times", np.float16), ("units", np.uint16)):
            column = spikes.create_dataset(name, (len(digits),), dtype=h5py.vlen_dtype(kind))
            for i, events in enumerate(digits.values()):
                values = [t / 1000 if name == "times" else a[0] for t, a in events]
                column[i] = np.array(values, kind)
        file.create_dataset("labels", data=np.array([*digits], np.uint16))


SPOKEN: dict[int, list[Event]] = {label: digit(label, 40 + 7 * label) for label in range(20)}
SILENT: dict[int, list[Event]] = {3: [], 5: [(250.0, (0,))]}


@pytest.fixture
def shd(tmp_path: Path) -> Path:
    write_shd(tmp_path / "SHD/shd_train.h5", SPOKEN)
    write_shd(tmp_path / "SHD/shd_test.h5", SILENT)
    return tmp_path


@pytest.mark.parametrize("frames", ["count", "time"])
def test_shd_in_frames(shd: Path, frames: str) -> None:
    loaded = module(shd, {"kind": "SHD", "frames": frames}).load(shd)
    for events, found in zip(SPOKEN.values(), ordered(loaded.train), strict=True):
        start, span = events[0][0], events[-1][0] - events[0][0]
        want = by_count(events) if frames == "count" else by_time(events, start, span, 1.0)
        assert torch.equal(found, counted(want, (700,)))
    empty, single = ordered(loaded.test)
    assert float(empty.sum()) == 0
    assert float(single.sum()) == 1


def test_shd_in_milliseconds(shd: Path) -> None:
    """What comes after the duration is left out, in frames that do not depend on the sample."""
    loaded = module(shd, {"kind": "SHD", **TIME, "duration": 500.0}).load(shd)
    for events, found in zip(SPOKEN.values(), ordered(loaded.train), strict=True):
        assert torch.equal(found, counted(by_time(events, 0.0, 500.0), (700,)))
    assert ordered(loaded.test)[1].nonzero().tolist() == [[2, 0]]


def test_as_many_frames_as_steps_time_first(shd: Path) -> None:
    data = module(shd, {"kind": "SHD", **TIME, "duration": 1000.0, "validation": 0.1})
    loaded = data.load(shd, limit=5, time_steps=7)
    x, labels = loaded.train.batch(torch.tensor([4, 0, 2]))
    assert x.shape == (7, 3, 700)
    assert x.dtype.is_floating_point
    assert torch.equal(x[:, 1], loaded.train[0][0])
    assert [len(s) for s in (loaded.train, loaded.validation, loaded.test)] == [5, 2, 2]
    apart = {*loaded.train.labels.tolist()} & {*loaded.validation.labels.tolist()}
    assert not apart
    assert labels.tolist() == loaded.train.labels[[4, 0, 2]].tolist()
    alone = module(shd, "SHD").load(shd / "SHD")
    assert len(alone.train) == 20
    assert alone.train.labels.tolist() != sorted(alone.train.labels.tolist())


def test_many_events_at_one_place_stop_at_255(tmp_path: Path) -> None:
    at_once: list[Event] = [(0.0, (9,))] * 1200
    for name in ("train", "test"):
        write_shd(tmp_path / f"shd_{name}.h5", {1: at_once})
    found = module(tmp_path, "SHD").load(tmp_path).train[0][0]
    assert found[:, 9].tolist() == [255] * STEPS


@pytest.mark.parametrize(
    ("test_file", "says"),
    [
        ({5: [(1.0, (700,))]}, r"shd_test\.h5, sample 0 cannot be read: "),
        ({20: [(1.0, (1,))]}, "a label 20: labels are below 20"),
        ({5: [(-1.0, (1,))]}, r"shd_test\.h5, sample 0 cannot be read: "),
        ({}, "There are 0 samples"),
    ],
)
def test_wrong_events_are_refused_in_one_sentence(
    shd: Path, test_file: dict[int, list[Event]], says: str
) -> None:
    write_shd(shd / "SHD/shd_test.h5", test_file)
    data = module(shd, {"kind": "SHD", **TIME, "duration": 500.0})
    with pytest.raises(data.DataError, match=says):
        data.load(shd)


def test_missing_and_broken_shd_and_no_h5py(shd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = module(shd, "SHD")
    command = r"`python -c \"from tonic\.datasets import SHD as D; D\('\S*', True\); D\("
    with pytest.raises(data.DataError, match=rf"^SHD is not in \S*/empty: {command}"):
        data.load(shd / "empty")
    path = shd / "SHD/shd_test.h5"
    content = path.read_bytes()
    for broken in (content[:-900], b"no HDF5", b""):
        path.write_bytes(broken)
        with pytest.raises(data.DataError, match=r"shd_test\.h5 cannot be read: "):
            data.load(shd)
    with h5py.File(path, "w") as file:
        file["labels"] = [1]
    with pytest.raises(data.DataError, match=r"shd_test\.h5 cannot be read: .*not found"):
        data.load(shd)
    path.unlink()
    with pytest.raises(data.DataError, match=r"shd_test\.h5 cannot be read: "):
        data.load(shd)
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(data.DataError, match="h5py reads SHD: pip install h5py"):
        data.load(shd)


# --- event cameras -------------------------------------------------------------------------------


def seen(label: int, size: int, count: int = 30) -> list[Event]:
    """Events of a camera: whole milliseconds, polarity, row and column."""
    random = np.random.RandomState(label)
    when = np.sort(random.randint(0, 60, count))
    places = zip(*(random.randint(0, n, count) for n in (2, size, size)), strict=True)
    return [(float(t), tuple(map(int, p))) for t, p in zip(when, places, strict=True)]


def nmnist_bytes(events: Sequence[Event]) -> bytes:
    """N-MNIST's format: x, y, and 24 bits of polarity and microseconds; row 240 adds 2^13."""
    content, base = b"", 0
    for when, (polarity, row, column) in events:
        while round(when * 1000) - base >= 2**13:
            content, base = content + bytes([0, 240, 0, 0, 0]), base + 2**13
        stamp = polarity << 23 | round(when * 1000) - base
        content += bytes([column, row]) + stamp.to_bytes(3, "big")
    return content


@pytest.fixture
def nmnist(tmp_path: Path) -> Path:
    for split, label in itertools.product(("Train", "Test"), range(10)):
        folder = tmp_path / "NMNIST" / split / str(label)
        folder.mkdir(parents=True)
        (folder / "00001.bin").write_bytes(nmnist_bytes(seen(label, 34)))
    return tmp_path


@pytest.fixture
def gestures(tmp_path: Path) -> Path:
    for split, label in itertools.product(("Train", "Test"), range(11)):
        folder = tmp_path / "DVSGesture" / f"ibmGesture{split}" / f"user0{label % 3 + 1}_led"
        folder.mkdir(parents=True, exist_ok=True)
        rows = [[x, y, p, int(t)] for t, (p, y, x) in seen(label, 128)]
        np.save(folder / f"{label}.npy", np.array(rows, np.int64))
    return tmp_path


@pytest.mark.parametrize("frames", ["count", "time"])
@pytest.mark.parametrize(("kind", "size"), [("NMNIST", 34), ("DVSGesture", 128)])
def test_event_cameras_in_frames(
    kind: str, size: int, frames: str, request: pytest.FixtureRequest
) -> None:
    folder = request.getfixturevalue("nmnist" if kind == "NMNIST" else "gestures")
    fields = {"frames": "count"} if frames == "count" else {**TIME, "duration": 40.0}
    loaded = module(folder, {"kind": kind, **fields}).load(folder)
    for label, found in enumerate(ordered(loaded.train)):
        events = seen(label, size)
        want = by_count(events) if frames == "count" else by_time(events, 0.0, 40.0)
        assert torch.equal(found, counted(want, (2, size, size)))
    assert len(loaded.test) == len(loaded.train)
    assert loaded.train.labels.tolist() != sorted(loaded.train.labels.tolist())


def test_missing_and_broken_recordings(
    nmnist: Path, gestures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digits, hands = module(nmnist, "NMNIST"), module(gestures, "DVSGesture")
    for data, name in ((digits, "NMNIST"), (hands, "DVSGesture")):
        with pytest.raises(data.DataError, match=rf"is not in \S*/x: .*import {name} as D; D\("):
            data.load(nmnist / "x")
    bad = nmnist / "NMNIST/Test/7/00001.bin"
    for content in (bad.read_bytes()[:-2], bytes([34, 0, 0, 0, 0])):
        bad.write_bytes(content)
        with pytest.raises(digits.DataError, match=r"Test/7/00001\.bin cannot be read: "):
            digits.load(nmnist)
    gesture = gestures / "DVSGesture/ibmGestureTest/user01_led/0.npy"
    good = gesture.read_bytes()
    np.save(gesture, np.zeros((5, 3)))
    wrong = gesture.read_bytes()
    for content in (good[:-5], good[:40], b"", b"\x80\x04N.", wrong):
        gesture.write_bytes(content)
        with pytest.raises(hands.DataError, match=r"user01_led/0\.npy cannot be read: "):
            hands.load(gestures)
    monkeypatch.setitem(sys.modules, "tonic.io", None)
    with pytest.raises(digits.DataError, match="tonic reads N-MNIST: pip install tonic"):
        digits.load(nmnist)


# --- into a network ------------------------------------------------------------------------------

TRAIN = 'loss = "mse"\nepochs = 1\nbatch_size = 4\noptimizer = "Adam"\n'
SPEECH = """
[input]
shape = [700]
encoder = "none"
[network]
layers = [{ kind = "Linear", out_features = 20 }, "LIF"]
[train]
dataset = { kind = "SHD", frames = "time", duration = "${100 * 14.0}", validation = 0.1 }
"""
CAMERA = """
[input]
shape = [2, 128, 128]
encoder = "none"
[network]
layers = ["Flatten", { kind = "Linear", out_features = 11 }, "LIF"]
[train]
dataset = { kind = "DVSGesture", augment = [{ kind = "RandomCrop", padding = 4 }] }
"""


@pytest.mark.parametrize(
    ("spec", "files", "shape", "classes"),
    [(SPEECH, "shd", (700,), 20), (CAMERA, "gestures", (2, 128, 128), 11)],
)
def test_a_network_reads_the_frames_of_its_spec(
    spec: str, files: str, shape: tuple[int, ...], classes: int, request: pytest.FixtureRequest
) -> None:
    folder = request.getfixturevalue(files)
    path = folder / "net.snn.toml"
    path.write_text(f'format = 1\nname = "net"\ntime_steps = {STEPS}\n{spec}{TRAIN}', "utf-8")
    doc = snnc.load(path)
    data = imported(folder, snnc.emit(doc).package["data.py"])
    assert data.TIME_STEPS == STEPS
    x, _ = data.load(folder).train.batch(torch.arange(3))
    assert x.shape == (STEPS, 3, *shape)
    assert network(doc)()(x).shape == (3, classes)
