"""The check of a GPU, rehearsed without one; the counter of launches and bytes, by hand."""

import json
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch

from benchmarks.gpu import bandwidth, check, counted, rows, values
from benchmarks.gpu.counted import Counted, computes, stored


def test_what_is_broadcast_counts_once() -> None:
    x = torch.empty(3, 1, 4, dtype=torch.bfloat16)
    assert stored(x) == 24
    assert stored(x.expand(3, 5, 4)) == 24
    assert stored(torch.empty(0, 4)) == 0


def test_views_launch_nothing() -> None:
    aten = torch.ops.aten
    launches = [aten.add.Tensor, aten.add_.Tensor, aten.clone.default, aten._fused_sgd_.default]
    views = [aten.view.default, aten.t.default, aten.empty_like.default, aten.detach.default]
    assert [computes(op) for op in launches] == [True] * len(launches)
    assert [computes(op) for op in views] == [False] * len(views)


def test_a_step_by_hand() -> None:
    """A sum of two tensors of 12 numbers, and a backward convolution, which is two products."""
    found = Counted(part="forward")
    x, y = torch.empty(12), torch.empty(12)
    found.seen("aten::add.Tensor", torch.ops.aten.add.Tensor, (x, y), torch.empty(12))
    found.part = "backward"
    op = torch.ops.aten.convolution_backward.default
    found.seen("aten::convolution_backward", op, (x, x), (y, None, None))
    assert found.in_net == (3, 3 * 48 + 2 * 48)
    assert found.in_all == found.in_net
    found.clear()
    assert found.in_all == (0, 0)


def test_a_kernel_counts_what_it_is_handed(monkeypatch: pytest.MonkeyPatch) -> None:
    """W4-plain: IF of T x B x 32 in 16 bits, and the one that answers, T x B x 10, in 32."""
    monkeypatch.syspath_prepend(str(rows.SPECS))
    seen = dict[str, list[int]]()
    add = Counted.add

    def noted(self: Counted, name: str, launches: int, moved: int) -> None:
        seen.setdefault(name, []).append(moved)
        add(self, name, launches, moved)

    monkeypatch.setattr(Counted, "add", noted)
    found = counted.step("seq_fmnist_plain", batch=4)
    assert found.names.count("if_forward") == found.names.count("if_backward") == 2
    assert sorted(set(seen["if_forward"])) == [2 * 4 * 28 * 4 * 10, 2 * 2 * 28 * 4 * 32]


def test_bytes_of_a_kernel() -> None:
    """Forwards 8 bytes an element and step in float32, backwards 12; beyond K steps, marks too."""
    spec = type("Spec", (), {"inputs": 1, "start": (0.0,), "terms": 0, "segment": 16})()
    how: dict[str, Any] = {"spec": spec, "size": 10, "dtype": torch.float32}
    call = type("Call", (), {**how, "steps": 4, "static": False})()
    assert [bandwidth.moved(call, back) for back in (False, True)] == [320, 480]
    call.static = True
    assert [bandwidth.moved(call, back) for back in (False, True)] == [200, 240]
    call.static, call.steps = False, 17
    assert bandwidth.moved(call, True) == 12 * 10 * 17 + 80 + 4 * 10 * 17


@pytest.mark.parametrize("layout", ["plain", "last", "gap", "offset", "turned", "expanded"])
def test_layouts_keep_values(layout: str) -> None:
    x = torch.rand(2, *values.SHAPE)
    y = values.laid(x, layout, static=False)
    assert torch.equal(y, x[:1].expand_as(x) if layout == "expanded" else x)
    assert (y.stride() == x.stride()) is (layout in ("plain", "offset"))
    assert y.storage_offset() == (layout == "offset")


def test_values_notice_a_wrong_kernel(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = rows.Section("values", "cpu", tmp_path)
    monkeypatch.syspath_prepend(str(rows.SPECS))
    monkeypatch.setattr(values, "DTYPES", (torch.float32,))
    both = values.both

    def wrong(kernels: Any, name: str, backend: str, *rest: Any) -> Any:
        forward, back = both(kernels, name, "torch", *rest)
        return forward, [g * 1.001 if backend == "c" else g for g in back]

    monkeypatch.setattr(values, "both", wrong)
    values.check(at, "conv_fmnist")
    found = rows.collected(tmp_path)
    assert found[-1].value == "0/11 cases: kernel = loop"
    assert all(row.bad for row in found)
    monkeypatch.setattr(values, "both", lambda *a: both(a[0], a[1], "torch", *a[3:]))
    values.check(at, "conv_fmnist")
    assert rows.collected(tmp_path)[-1].value == "11/11 cases: kernel = loop"
    assert "differs" in capsys.readouterr().out


def test_what_fails_is_a_row_and_the_next_part_runs(tmp_path: Path) -> None:
    at = rows.Section("part", "cpu", tmp_path)

    def fails() -> None:
        raise ValueError("no such thing")

    at.guard("first", fails)
    at.guard("second", lambda: at.add("second", 2))
    first, second = rows.collected(tmp_path)
    assert (first.bad, first.note, second.value) == (True, "ValueError: no such thing", "2")


def job(tmp_path: Path, code: str, limit: float = 60) -> check.Job:
    return check.Job("part", [sys.executable, "-c", code], limit, tmp_path).start()


def test_processes_that_fail_or_hang_are_bad_rows(tmp_path: Path) -> None:
    good = job(tmp_path, "print('done')").row()
    failed = job(tmp_path, "print('so far'); raise SystemExit(3)").row()
    begun = time.monotonic()
    hung = job(tmp_path, "import time; time.sleep(600)", 0.5).row()
    assert time.monotonic() - begun < 300
    assert [row.bad for row in (good, failed, hung)] == [False, True, True]
    assert (good.note, failed.value, failed.note) == ("done", "code 3", "so far")
    assert hung.value == "code killed after 0 s"


def test_bad_rows_come_first(tmp_path: Path) -> None:
    every = [rows.Row("a", "good", "1"), rows.Row("a", "wrong", "2", bad=True)]
    text = check.report(every, tmp_path).splitlines()
    assert text[0].startswith("BAD wrong")
    assert text[-1] == "1 bad of 2 rows"
    assert [row["name"] for row in json.loads((tmp_path / "rows.json").read_text())] == [
        "wrong",
        "good",
    ]


def test_without_a_gpu_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(check, "gpu", lambda: False)
    for arguments, says in (
        ([], "PyTorch sees no NVIDIA GPU here; --device cpu rehearses"),
        (["--only", "steps,what"], "--only: there is no what, but values, pytest,"),
    ):
        with pytest.raises(SystemExit) as ended:
            check.main(arguments)
        assert ended.value.code == 2
        assert says in capsys.readouterr().err


def test_rehearsal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One section as it runs on a GPU, in its own process and in small sizes."""
    arguments = ["--device", "cpu", "--only", "steps", "--out", str(tmp_path)]
    assert check.main(arguments) == 0
    table = capsys.readouterr().out
    assert "W4-plain eager, 16 bits" in table
    assert table.splitlines()[-1] == "0 bad of 2 rows"
    assert (tmp_path / "table.txt").read_text() == table


@pytest.mark.parametrize("label", counted.WORKLOADS)
def test_the_page_says_what_is_counted(label: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(rows.SPECS))
    page = (rows.ROOT / "docs/gpu.md").read_text()
    row = next(line for line in page.splitlines() if line.startswith(f"| {label},"))
    found = counted.step(counted.WORKLOADS[label])
    ways = " + ".join(str(found.launches[part]) for part in ("forward", "backward"))
    (_, net), (every, whole) = found.in_net, found.in_all
    cells = [cell.strip() for cell in row.split("|")]
    assert cells[2:4] == [f"{ways}; {net / 1e6:,.0f}", f"{every}; {whole / 1e6:,.0f}"]
