"""Specs below a megabyte that once took minutes: each is linted in ten seconds of computing.

What is printed for people is short, however much is wrong.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import snnc
from snnc.source.nearest import MOST_ADVISED

HEAD = 'format = 1\nname = "{name}"\ntime_steps = 2\n[input]\nshape = [4]\n'
NETWORK = '[network]\nlayers = ["LIF"]\n'
SECONDS = 10
BYTES = 500_000_000
LONGEST_OUTPUT = 300_000


def lines(line: str, count: int) -> str:
    """``line`` with ``@`` as the numbers from 0, and ``@+`` as the next."""
    return "".join(
        line.replace("@+", str(number + 1)).replace("@", str(number)) for number in range(count)
    )


def variables(line: str, count: int) -> str:
    return "[vars]\n" + lines(line, count)


def layers(item: str, count: int) -> str:
    return f"[network]\nlayers = [\n{lines(item, count)}]\n"


SPECS = {
    "references": variables("vvvvvvvvvvvvvv@ = 1\n", 8_000)
    + layers('"$vvvvvvvvvvwvvvx@",\n', 8_000),
    "keys": layers('{ kind = "LIF", taugggggggggg@ = 1 },\n', 5_000),
    "defaults": "[defaults]\n" + lines("Vwwwwwwwwwwwwwwww@ = { tau = 1 }\n", 20_000) + NETWORK,
    "chain": variables('v@ = "$v@+"\n', 20_000)
    + "v20000 = 1\n"
    + layers('{ kind = "Linear", out_features = "$v@" },\n', 1),
    "kinds": layers('"Layer@",\n', 20_000),
    "one table": "[train]\n" + lines("key@ = 1\n", 20_000) + NETWORK,
    "one layer": f'[network]\nlayers = [{{ kind = "LIF"{lines(", k@ = 1", 20_000)} }}]\n',
    "names": layers('{ kind = "LIF", from = "nnnnnnnn@" },\n', 4_000),
    "blocks": lines('[blocks.B@]\nlayers = ["LIF"]\n', 15_000) + NETWORK,
    "own kinds": lines('[neurons.N@]\nstep = "y = x"\noutput = "y"\n', 10_000) + NETWORK,
    "own slopes": lines('[surrogates.S@]\ngradient = "1"\n', 16_000) + NETWORK,
    "bad blocks": lines("[blocks.B@]\nlayers = []\n", 15_000) + NETWORK,
    "calls": layers('"Conv2d(1, 16, 3, padding=@)",\n', 15_000),
    "sums": variables("v@ = 1\n", 59)
    + lines(f'w@ = "${{{"+".join(f"v{n}" for n in range(59))}}}"\n', 1_500)
    + layers('{ kind = "Linear", out_features = "$w@" },\n', 1_500),
    "default keys": f"[defaults]\nLIF = {{ k = 1{lines(', k@ = 1', 300)} }}\n"
    + layers('"LIF",\n', 1_000),
    "statements": lines("[t@]\na = 2.\n", 30_000),
    "ignores": f"{NETWORK}# snnc: ignore[{'a,' * 330_000}]\n",
}


def limit() -> None:
    """The seconds of computing and the memory that a child process may take."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_DATA, (BYTES, BYTES))


def lint(folder: Path, name: str, *arguments: str) -> str:
    """What ``snnc lint`` prints; it must end in time."""
    ran = subprocess.run(
        [
            sys.executable,
            "-c",
            "from snnc.cli import main; main()",
            "lint",
            f"{name}.snn.toml",
            *arguments,
        ],
        cwd=folder,
        check=False,
        env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8"},
        preexec_fn=limit,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert ran.returncode == 1, (ran.returncode, ran.stderr[-2000:])
    assert "internal error" not in ran.stderr
    assert len(ran.stdout) < LONGEST_OUTPUT, ran.stdout[:2000]
    return ran.stdout


def write(folder: Path, name: str, text: str) -> None:
    whole = HEAD.replace("{name}", name) + text
    assert len(whole) < 1_000_000
    (folder / f"{name}.snn.toml").write_text(whole)


@pytest.mark.parametrize("which", SPECS)
def test_many_findings_or_variables(tmp_path: Path, which: str) -> None:
    write(tmp_path, "slow", SPECS[which])
    lint(tmp_path, "slow")


def test_a_cycle_of_almost_as_many_layers_as_there_may_be(tmp_path: Path) -> None:
    first = '{ kind = "Add", name = "first", from = ["input", "lif19990@-1"] },\n'
    write(tmp_path, "slow", layers('"LIF",\n', 19_990).replace("[\n", f"[\n{first}"))
    lint(tmp_path, "slow")


def test_advice_is_counted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[str] = []

    def counted(word: str, places: tuple[str, ...], **_: str) -> None:
        asked.append(word)

    monkeypatch.setattr("snnc.validation.keys.said", counted)
    write(tmp_path, "slow", SPECS["one table"])
    assert len(snnc.check(tmp_path / "slow.snn.toml")) == 20_001
    assert len(asked) == MOST_ADVISED


LINKS: dict[str, Callable[[], str]] = {
    "comments": lambda: "# x\n" * 240_000,
    "variables": lambda: variables("v@ = 1\n", 40_000),
    "keys": lambda: "[train]\n" + lines("k@ = 1\n", 20_000),
    "files": lambda: "",
}


@pytest.mark.parametrize("which", LINKS)
def test_a_long_chain_of_bases(tmp_path: Path, which: str) -> None:
    count = 25
    for number in range(count):
        text = f'extends = "c{number + 1}.snn.toml"\n{LINKS[which]()}'
        (tmp_path / f"c{number}.snn.toml").write_text(text)
    write(tmp_path, f"c{count}", NETWORK)
    assert "bad-extends" in lint(tmp_path, "c0")


def test_a_setting_of_spaces(tmp_path: Path) -> None:
    write(tmp_path, "net", NETWORK)
    assert "bad-set" in lint(tmp_path, "net", "--set", "a=" + " " * 100_000)
