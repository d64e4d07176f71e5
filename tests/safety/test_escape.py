"""Every way into generated text, for every character: it stays what it is, and one line."""

import ast
import shutil
import subprocess
import tokenize
from io import StringIO

import pytest

from snnc import escape
from tests.safety.strange import GROUPS, HIDDEN, QUOTES, called, payload

TEXTS = [*HIDDEN, *QUOTES, "$", "$(boom)", "${boom}"]


@pytest.mark.parametrize("char", TEXTS, ids=called)
def test_a_literal_is_the_text(char: str) -> None:
    for text in (char, f"a{char}", f"{char}b", f"a{char}boom(){char}", char * 3):
        written = escape.string(text)
        assert ast.literal_eval(written) == text
        assert written.isprintable()


@pytest.mark.parametrize("char", TEXTS, ids=called)
def test_a_comment_is_one(char: str) -> None:
    code = f"# a{escape.comment(f'{char}boom(){char}')}\nx = 1\n"
    assert ast.unparse(ast.parse(code)) == "x = 1"
    kinds = [token.type for token in tokenize.generate_tokens(StringIO(code).readline)]
    assert kinds.count(tokenize.COMMENT) == 1
    assert code.isprintable() or code.splitlines() == code.split("\n")[:-1]


@pytest.mark.parametrize("char", TEXTS, ids=called)
def test_a_docstring_is_one(char: str) -> None:
    for text in (char, f"{char}boom(){char}", f"a{char}", f'{char}"', f"{char}\\", char * 3):
        code = f'"""{escape.docstring(text)}"""\nx = 1\n'
        doc, rest = ast.parse(code).body
        assert isinstance(doc, ast.Expr)
        assert isinstance(doc.value, ast.Constant)
        assert ast.unparse(rest) == "x = 1"
        assert code.replace("\n", "").isprintable()


@pytest.mark.parametrize("group", [g for g in GROUPS if g != "C0"])
def test_a_shell_reads_a_word_as_it_was(group: str) -> None:
    bash = shutil.which("bash")
    assert bash is not None
    text = payload(GROUPS[group])
    command = f"printf %s {escape.word(text)}"
    assert command.isprintable()
    environment = {"LC_ALL": "C.UTF-8"}
    ran = subprocess.run([bash, "-c", command], capture_output=True, env=environment, check=True)
    assert ran.stdout.decode() == text


@pytest.mark.parametrize("char", [chr(code) for code in range(1, 0x20)], ids=called)
def test_a_shell_reads_control_characters(char: str) -> None:
    bash = shutil.which("bash")
    assert bash is not None
    ran = subprocess.run(
        [bash, "-c", f"printf %s {escape.word(f'a{char}1')}"], capture_output=True, check=True
    )
    assert ran.stdout.decode() == f"a{char}1"
