"""The command itself: what it loads, how it ends, and what it says without its extra."""

import importlib.util
import json
import subprocess
import sys

import pytest

from snnc import terminal
from tests.lsp.editor import COMMAND
from tests.support.cli import Ran, snnc

HEAVY = {"cupy", "h5py", "matplotlib", "numpy", "torch", "torchvision"}


def message(method: str, number: int | None = None, **params: object) -> bytes:
    """A message as it is sent."""
    content = {"jsonrpc": "2.0", "method": method, "params": params}
    body = json.dumps(content if number is None else {**content, "id": number}).encode()
    return f"Content-Length: {len(body)}\r\n\r\n".encode() + body


BEGIN = message("initialize", 1, capabilities={}, processId=None, rootUri=None)


def ended(*messages: bytes) -> subprocess.CompletedProcess[bytes]:
    """The server after some messages and the end of its input."""
    sent = b"".join(messages)
    return subprocess.run(COMMAND, input=sent, capture_output=True, check=False, timeout=120)


def test_a_client_that_says_goodbye_is_a_success() -> None:
    bye = message("shutdown", 2), message("exit")
    ran = ended(BEGIN, message("initialized"), *bye)
    assert (ran.returncode, b"Traceback" in ran.stderr) == (0, False)
    assert b'"name": "snnc"' in ran.stdout


def test_garbage_is_no_traceback_on_stdout() -> None:
    ran = ended(BEGIN, b"Content-Length: 5\r\n\r\n{oops", message("shutdown", 2), message("exit"))
    assert b"Traceback" not in ran.stdout.split(b"\r\n\r\n")[0]
    assert ran.returncode in (0, 1)


def test_the_server_loads_nothing_heavy() -> None:
    code = "import snnc.lsp.features as f, sys; f.server(); print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pygls.lsp.server" in ran.stdout.split()
    assert HEAVY & {*ran.stdout.split()} == set()


def test_lint_loads_no_server() -> None:
    code = "import snnc.cli, sys; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert [name for name in ran.stdout.split() if name.startswith(("pygls", "snnc.lsp"))] == []


def test_without_its_extra_the_command_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(terminal, "find_spec", lambda n: None if n == "pygls" else real(n))
    said = "snnc: the language server needs pygls: pip install 'snnc[lsp]'\n"
    assert snnc(capsys, "lsp") == Ran(2, "", said)


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    ran = snnc(capsys, "lsp", "--help")
    assert (ran.code, ran.err) == (0, "")
    assert "pip install 'snnc[lsp]'" in ran.out
    assert "--stdio" in ran.out
