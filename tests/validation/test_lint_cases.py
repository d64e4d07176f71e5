"""Broken specs of newcomers, and what the linter prints of each, to the byte.

NAME.snn.toml in tests/lint_cases is the spec, NAME.txt the output; ``python -m
tests.validation.test_lint_cases`` writes it anew, to be read in the diff.
"""

from pathlib import Path

import pytest

import snnc
from snnc.formats.full import render
from snnc.source.diagnostic import Diagnostic
from snnc.source.reading import SUFFIX

FOLDER = Path(__file__).parents[1] / "lint_cases"
GOOD = ("ok_base",)
"""A base of others."""
CASES = sorted(path.name.removesuffix(SUFFIX) for path in FOLDER.glob(f"*{SUFFIX}"))


def printed(name: str) -> str:
    """The findings, with paths as in that folder."""
    return render(snnc.check(f"{name}{SUFFIX}"))


def mistakes(name: str) -> list[Diagnostic]:
    """The findings, without hints at what could be better."""
    return [found for found in snnc.check(f"{name}{SUFFIX}") if found.severity != "info"]


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)


@pytest.mark.parametrize("name", CASES)
def test_what_is_printed(name: str) -> None:
    text = printed(name)
    assert text == (FOLDER / f"{name}.txt").read_text("utf-8")
    assert (text == "") == (name in GOOD)


def test_no_list_is_long() -> None:
    for name in CASES:
        for line in printed(name).splitlines():
            assert "expected one of" not in line or line.count("`") <= 16


MISTAKES = {
    "blk_parameters": 3,
    "eq_arguments": 2,
    "eq_inplace": 3,
    "out_two": 2,
    "sj_refractory": 2,
    "tr_keys": 4,
    "eq_index": 2,
    "many10": 16,
    "many_eq": 4,
    "many_ext": 3,
    "many_shape": 6,
    "many_vars": 5,
    "out_population": 2,
    "out_softmax": 2,
    "sj_csnn": 12,
    "sj_dvs": 4,
    "snn_hidden": 7,
    "snn_lapicque": 4,
    "snn_spike_grad": 2,
    "snn_tutorial": 11,
    "tr_calls": 2,
    "tr_dataset_torch": 4,
    "tr_types": 3,
    "var_top": 2,
}


@pytest.mark.parametrize(("name", "count"), MISTAKES.items())
def test_one_run_says_everything(name: str, count: int) -> None:
    assert len(mistakes(name)) == count


SEVERAL = {
    *MISTAKES,
    *GOOD,
    "duplicate_default_name",
    "ini",
    "sj_step_mode",
    "snn_tau_mem",
    "tr_opt_str",
}


@pytest.mark.parametrize("name", sorted({*CASES} - SEVERAL))
def test_one_mistake_is_one_finding(name: str) -> None:
    assert len(mistakes(name)) == 1


if __name__ == "__main__":
    import os

    os.chdir(FOLDER)
    for case in CASES:
        Path(f"{case}.txt").write_text(printed(case), "utf-8")
