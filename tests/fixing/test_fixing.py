"""Fixes of a run: what is applied, what waits, and what may not change."""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

import snnc
from snnc.document import examine
from snnc.fixes import edited, fixes_of
from snnc.fixing import FixedRun, fixed
from snnc.source.diagnostic import Diagnostic, Edit, Fix, Place, Span
from snnc.source.reading import one_line_end
from snnc.source.source import read
from tests.support.cli import SPEC

NET = Path("net.snn.toml")
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(text: str, unsafe: bool = False) -> FixedRun:
    NET.write_bytes(text.encode())
    return fixed([NET], snnc.check_all, unsafe)


def new_text(run: FixedRun) -> str:
    ((_, new),) = run.changed.values()
    return new.decode()


def test_a_clean_spec_stays() -> None:
    assert run(SPEC) == FixedRun({}, (), (), ())


def test_several_mistakes_and_those_behind_them() -> None:
    broken = SPEC.replace("time_steps = 4", "time_step = 4;").replace('"LIF"', '"LIFF"')
    found = run(broken)
    assert new_text(found) == SPEC
    assert [offer.fix.title for offer in found.applied] == [
        "Delete it",
        "Write `LIF`",
        "Write `time_steps`",
    ]
    assert NET.read_text() == broken


def test_every_line_keeps_its_end() -> None:
    broken = SPEC.replace("\n", "\r\n").replace('"LIF"', '"LIFF"').replace("steps = 4", "step = 4")
    assert new_text(run(broken)) == SPEC.replace("\n", "\r\n")


def test_an_inserted_line_has_the_ends_of_its_file() -> None:
    broken = SPEC.replace("format = 1\n", "").replace("\n", "\r\n")
    assert new_text(run(broken)) == SPEC.replace("\n", "\r\n")


def test_an_unsafe_fix_waits() -> None:
    text = SPEC.replace('{ kind = "LIF" }', '{ kind = "LIF", tau = 0.5 }')
    found = run(text)
    assert (found.changed, found.applied) == ({}, ())
    assert [offer.fix.warning for offer in found.waiting] == ["the number is a guess"]
    assert new_text(run(text, unsafe=True)) == text.replace("0.5", "2.0")


def test_a_fix_of_a_rule_says_what_it_does_to_checkpoints() -> None:
    text = SPEC.replace(", bias = false },\n", ' },\n  "BatchNorm2d",\n')
    found = run(text)
    assert [(offer.finding.name, offer.fix.safety) for offer in found.waiting] == [
        ("bias-before-norm", "unsafe")
    ]
    (offer,) = run(text, unsafe=True).applied
    assert offer.checkpoint == "in checkpoints it changes `conv1`"


class _Renaming:
    """A checker whose fix deletes an unnamed norm before another, and calls that safe."""

    def __call__(self, paths: Sequence[Path]) -> tuple[Diagnostic, ...]:
        source = examine(paths[0]).source
        text, line = source.text, '  { kind = "BatchNorm2d", eps = 1e-3 },\n'
        at = text.find(line)
        if at < 0:
            return ()
        place = Place(source.path, text, Span(at, at + len(line)))
        fix = Fix("Delete the norm", (Edit(place, ""),))
        return (Diagnostic("SNN400", "norm", "twice", place, severity="warning", fixes=(fix,)),)


def test_a_fix_that_renames_keys_of_a_checkpoint_is_not_safe() -> None:
    text = SPEC.replace(
        '  { kind = "IF" },\n',
        '  { kind = "BatchNorm2d", eps = 1e-3 },\n  { kind = "IF" },\n'
        '  { kind = "Conv2d", out_channels = 4, kernel_size = 1, bias = false },\n'
        '  "BatchNorm2d",\n  { kind = "IF" },\n',
    )
    NET.write_text(text)
    found = fixed([NET], _Renaming())
    assert (found.changed, found.applied) == ({}, ())
    (offer,) = found.waiting
    said = "in checkpoints it renames `bn2` to `bn1`, removes `bn1`"
    assert offer.checkpoint == said
    (done,) = fixed([NET], _Renaming(), unsafe=True).applied
    assert done.checkpoint == offer.checkpoint


def test_a_fix_that_leaves_a_spec_worse_is_not_applied() -> None:
    def check(paths: Sequence[Path]) -> tuple[Diagnostic, ...]:
        found = snnc.check_all(paths)
        if any(each.severity == "error" for each in found):
            return found
        place = Place("net.snn.toml", SPEC, Span(0, 6))
        fix = Fix("Break it", (Edit(place, "fromat"),))
        return (Diagnostic("SNN400", "x", "y", place, severity="warning", fixes=(fix,)),)

    NET.write_text(SPEC)
    found = fixed([NET], check)
    assert (found.changed, found.applied, found.waiting) == ({}, (), ())


def test_two_fixes_that_undo_each_other_end() -> None:
    def check(paths: Sequence[Path]) -> tuple[Diagnostic, ...]:
        source = read(paths[0])
        at = source.text.index("name = ") + len("name = ")
        word = source.text[at : at + 5]
        place = Place(source.path, source.text, Span(at, at + 5))
        fix = Fix("Turn it", (Edit(place, '"ten"' if word == '"net"' else '"net"'),))
        return (Diagnostic("SNN400", "x", word, place, severity="warning", fixes=(fix,)),)

    NET.write_text(SPEC)
    assert len(fixed([NET], check).applied) <= 1


def test_a_base_is_changed_if_it_is_in_the_run() -> None:
    NET.write_text('extends = "base.snn.toml"\nname = "net"\n')
    Path("base.snn.toml").write_text(SPEC.replace('"LIF"', '"LIFF"').replace('"net"', '"base"'))
    assert not fixed([NET], snnc.check_all).changed
    both = fixed([NET, Path("base.snn.toml")], snnc.check_all)
    assert [path.name for path in both.changed] == ["base.snn.toml"]
    assert both.findings == ()


def test_a_variable_that_another_spec_uses_stays() -> None:
    Path("base.snn.toml").write_text(SPEC.replace("[input]", "[vars]\nn = 2\n\n[input]"))
    other = '[defaults]\nLIF = { tau = "${n + 1.0}" }\n'
    NET.write_text(f'extends = "base.snn.toml"\nname = "other"\n{other}')
    paths = [Path("base.snn.toml"), NET]
    assert not fixed(paths, snnc.check_all).changed
    assert fixed(paths[:1], snnc.check_all).changed


def test_a_file_that_is_no_text_is_left_alone() -> None:
    NET.write_bytes(SPEC.encode() + b"# \xff\n")
    found = fixed([NET], snnc.check_all)
    assert (found.changed, [each.name for each in found.findings]) == ({}, ["not-utf8"])


def _specs() -> list[str]:
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "specs").glob("*.snn.toml"))]
    return [text for text in texts if "extends" not in text]


def _mutated(text: str, draw: random.Random) -> str:
    """A spec with a character gone, doubled or another, in a few places."""
    for _ in range(draw.randint(1, 3)):
        at = draw.randrange(len(text))
        text = (
            text[:at] + draw.choice(["", text[at] * 2, draw.choice('"=,x1[]{}')]) + text[at + 1 :]
        )
    return text


@pytest.mark.parametrize("seed", range(15))
def test_no_byte_changes_outside_of_the_edits(seed: int) -> None:
    """Every fix of a mutated spec, alone: what is before, between and behind its edits stays."""
    draw = random.Random(seed)
    text = _mutated(draw.choice(_specs()), draw)
    text = text.replace("\n", "\r\n") if seed % 2 else text
    NET.write_bytes(text.encode())
    for finding in snnc.check(NET):
        for fix in fixes_of(finding):
            assert fix.edits == tuple(sorted(fix.edits, key=lambda edit: edit.place.span))
            new = one_line_end(edited(text, fix.edits))
            _equal_outside(one_line_end(text), new, fix.edits)


def _equal_outside(old: str, new: str, edits: Sequence[Edit]) -> None:
    at = there = 0
    for edit in edits:
        start, end = edit.place.span
        kept = old[at:start]
        assert new[there : there + len(kept)] == kept
        there += len(kept)
        assert new[there : there + len(edit.text)] == edit.text
        at, there = end, there + len(edit.text)
    assert new[there:] == old[at:]


@pytest.mark.parametrize("seed", range(15))
def test_fixes_never_leave_a_mutated_spec_worse(seed: int) -> None:
    draw = random.Random(1000 + seed)
    text = _mutated(draw.choice(_specs()), draw)
    found = run(text, unsafe=seed % 2 == 0)
    order = ("info", "warning", "error")
    worst = [
        max([order.index(d.severity) for d in each], default=-1)
        for each in (snnc.check(NET), found.findings)
    ]
    assert worst[1] <= worst[0]
    if not found.applied:
        assert not found.changed


@pytest.mark.parametrize("path", sorted((ROOT / "specs").glob("*.snn.toml")), ids=lambda p: p.name)
def test_the_zoo_has_nothing_to_fix(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    found = fixed([path.relative_to(ROOT)], snnc.check_all)
    assert not found.changed
