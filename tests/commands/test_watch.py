"""``--watch``: a command again at every change, and never ended by a mistake."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from snnc import terminal
from snnc.commands import watch
from tests.support.cli import SPEC, Ran, snnc

NET = Path("net.snn.toml")
Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    NET.write_text(SPEC)
    return lambda *words: snnc(capsys, *words)


def saving(monkeypatch: pytest.MonkeyPatch, *steps: Callable[[], object]) -> None:
    """Takes a step instead of each pause, and then is Ctrl-C."""
    left = list(steps)

    def sleep(seconds: float) -> None:
        if not left:
            raise KeyboardInterrupt
        left.pop(0)()

    monkeypatch.setattr("time.sleep", sleep)


def write(text: str, path: Path = NET) -> Callable[[], object]:
    return lambda: path.write_text(text)


def test_lint_runs_again_at_every_change(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = SPEC.replace("LIF", "LIFF")
    saving(monkeypatch, write(broken), lambda: None, write(SPEC + "\n"), NET.unlink)
    ran = run("lint", "--watch", "--output-format", "concise")
    assert ran.out.count("SNN202") == 1
    assert ran.err.count("changed: net.snn.toml") == 3
    assert ran.code == 0


def test_a_change_of_the_configuration_is_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = write("slect = []\n", Path("snnc.toml"))
    right = write("select = []\n", Path("snnc.toml"))
    saving(monkeypatch, wrong, right)
    ran = run("lint", "--watch", "--output-format", "concise")
    assert ran.out.count("SNN201") == 1
    assert (ran.code, ran.err.count("changed: snnc.toml")) == (0, 2)


def test_build_lints_and_builds(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    broken = SPEC.replace("LIF", "LIFF").replace('"net"', '"other"')
    right = SPEC.replace('"net"', '"other"')

    def spoil() -> None:
        seen.append(Path("net").exists())
        NET.write_text(broken)

    def mend() -> None:
        seen.append(Path("other").exists())
        NET.write_text(right)

    saving(monkeypatch, spoil, mend)
    ran = run("build", "--watch", "--output-format", "concise")
    assert seen == [True, False]
    assert Path("other").exists()
    assert ran.out.count("SNN202") == 1


def test_a_command_that_cannot_run_is_run_again() -> None:
    calls: list[int] = []

    def command() -> int:
        calls.append(len(calls))
        if len(calls) == 1:
            raise terminal.UsageError("not now")
        if len(calls) == 2:
            raise FileNotFoundError(2, "gone", "net.snn.toml")
        if len(calls) == 3:
            raise SystemExit(1)
        return 7

    def changed() -> Iterator[Sequence[Path]]:
        for _ in range(3):
            yield [NET]

    assert watch.again(command, changed()) == 7
    assert len(calls) == 4
