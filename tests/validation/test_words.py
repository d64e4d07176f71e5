"""Words of other libraries lead to the right answer: words.tsv has them, place by place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import snnc

TABLE = Path(__file__).with_name("words.tsv")
HEAD = 'format = 1\nname = "net"\ntime_steps = 4\n'
INPUT = "[input]\nshape = [1, 28, 28]\n"
CONV = '{ kind = "Conv2d", out_channels = 4, kernel_size = 3 }'
LAST = '{ kind = "Linear", out_features = 10 }'
TRAIN = {
    "dataset": '"FashionMNIST"',
    "loss": '"mse"',
    "epochs": "1",
    "batch_size": "8",
    "optimizer": '"Adam"',
}
GUESS = re.compile(r"did you mean `([^`]*)`")


@dataclass(frozen=True)
class Word:
    """A word at a place, and what an answer has to name: one of several."""

    place: str
    word: str
    right: tuple[str, ...]


def words() -> Iterator[Word]:
    for line in TABLE.read_text("utf-8").splitlines()[1:]:
        place, word, right = line.split("\t")
        yield Word(place, word, tuple(right.split("|")))


ALL = tuple(words())


def network(layer: str) -> str:
    return f'{HEAD}{INPUT}[network]\nlayers = [{CONV}, "LIF", "Flatten", {layer}]\n'


def trained(**changes: str) -> str:
    table = "".join(f"{key} = {value}\n" for key, value in {**TRAIN, **changes}.items())
    return f"{network(LAST)}[train]\n{table}"


KINDS = {"MaxPool": "MaxPool2d", "BatchNorm": "BatchNorm2d"}


def spec(word: Word) -> str:
    """A spec with nothing wrong but the word."""
    place, text = word.place, word.word
    sort, _, what = place.partition(" ")
    if place == "layer kind":
        return network(f'{{ kind = "{text}" }}')
    if place == "surrogate":
        return network(f'{{ kind = "LIF", surrogate = "{text}" }}')
    if place == "top key":
        return f'"{text}" = 3\n{network(CONV)}'
    if place == "table":
        return f"{network(CONV)}[{text}]\nsome = 1\n"
    if place == "train key":
        return trained(**{text: "0.1"})
    if place == "convert key":
        return f"{trained()}[convert]\n{text} = 0.1\n"
    if place in TRAIN:
        return trained(**{place: f'"{text}"'})
    if place in ("readout", "encoder"):
        section, at = ("output", "[output]\n") if place == "readout" else ("input", "[input]\n")
        found = f"{network(CONV)}{'' if section == 'input' else at}"
        return found.replace(at, f'{at}{place} = "{text}"\n')
    assert what == "key", place
    kind = KINDS.get(sort, sort)
    return network(f'{{ kind = "{kind}", {text} = 0.5 }}')


@pytest.mark.parametrize("word", ALL, ids=lambda word: f"{word.place}: {word.word}")
def test_a_word_leads_to_the_right_answer(word: Word, tmp_path: Path) -> None:
    path = tmp_path / "net.snn.toml"
    path.write_text(spec(word), "utf-8")
    quoted = (f"`{word.word}`", f'"{word.word}"', f"[{word.word}]")
    about = [d for d in snnc.check(path) if any(q in d.message for q in quoted)]
    assert about, [d.message for d in snnc.check(path)]
    help = about[0].help or ""
    guessed = GUESS.search(help)
    right = [answer.strip("[]") for answer in word.right]
    if guessed:
        assert guessed[1] in right, help
    else:
        assert "expected" not in help, help
        assert any(re.search(rf"(?<!\w){re.escape(answer)}(?!\w)", help) for answer in right), help
