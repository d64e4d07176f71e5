"""What pictures are made of, before anything is drawn."""

import os
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from tests.runtime.runtime import module

activity = module("pictures.activity")
curves = module("pictures.curves")
rates = module("pictures.rates")
runs = module("pictures.runs")
style = module("pictures.style")


def test_rates_fall_into_five_classes() -> None:
    """Upper ends belong to their class: 0, (0, 1/4], (1/4, 1/2], (1/2, 3/4], above."""
    found = rates.shares_of(np.array([0, 0, 0.01, 0.25, 0.26, 0.5, 0.75, 0.76, 1.0, 2.0]))
    assert found.tolist() == [20, 20, 20, 10, 30]
    assert len(rates.CLASSES) == len(rates.SHADES) == len(found)
    assert rates.shares_of(np.zeros(3)).tolist() == [100, 0, 0, 0, 0]


def test_few_neurons_are_all_shown_and_many_always_alike() -> None:
    assert activity.chosen(4, 10).tolist() == [0, 1, 2, 3]
    some = activity.chosen(1000, 10)
    assert len(set(some.tolist())) == 10
    assert some.tolist() == sorted(some.tolist()) == activity.chosen(1000, 10).tolist()


@pytest.mark.parametrize(
    ("paths", "labels"),
    [
        ([("runs", "net", "a")], ["a"]),
        ([("runs", "a"), ("runs", "b")], ["a", "b"]),
        ([("x", "one", "r"), ("x", "two", "r")], ["one", "two"]),
        ([("x", "one", "r"), ("x", "one")], ["r", "one"]),
    ],
)
def test_runs_are_called_by_where_they_differ(
    paths: list[tuple[str, ...]], labels: list[str]
) -> None:
    assert curves.labels_of(paths) == labels


@pytest.mark.parametrize(
    ("tag", "key"),
    [
        ("test/loss", ("test", "loss")),
        ("train_accuracy", ("train", "accuracy")),
        ("val/loss", ("validation", "loss")),
        ("validation_loss", ("validation", "loss")),
        ("epoch", None),
        ("lr", None),
        ("test", None),
    ],
)
def test_a_curve_is_a_measure_of_a_split(tag: str, key: tuple[str, str] | None) -> None:
    found: dict[tuple[str, str], dict[int, float]] = {}
    curve = curves.curve_of(tag, found)
    assert [*found] == ([key] if key else [])
    assert (curve is None) is (key is None)


def test_a_table_becomes_curves_and_empty_cells_are_gaps(tmp_path: Path) -> None:
    table = tmp_path / "metrics.csv"
    table.write_text("epoch,lr,train_loss,test_accuracy\n1,0.1,2.5,\n2,0.1,1.5,0.75\n")
    found = curves.read_table(table)
    assert found == {("train", "loss"): {1: 2.5, 2: 1.5}, ("test", "accuracy"): {2: 0.75}}
    assert curves.Run("a", found).measures == ["loss", "accuracy"]
    with pytest.raises(style.PictureError, match="has neither"):
        curves.read_run(tmp_path / "none")


def test_one_run_is_drawn_with_a_line_a_split() -> None:
    """Percent for accuracy; an epoch more than the last has no place on the axis."""
    run = curves.Run(
        "a", {("train", "accuracy"): {1: 0.5, 2: 0.75}, ("test", "accuracy"): {2: 0.5}}
    )
    figure = curves.training_curves([run])
    (axes,) = figure.axes
    told = [line for line in axes.lines if not line.get_label().startswith("_")]
    lines = {line.get_label(): line.get_xydata().tolist() for line in told}
    assert lines == {"train": [[1, 50], [2, 75]], "test": [[2, 50]]}
    assert axes.get_xlim() == (0.5, 2.5)


def test_several_runs_have_a_colour_each() -> None:
    made = [curves.Run(name, {("test", "loss"): {1: 1.0}}) for name in "abc"]
    figure = curves.training_curves(made)
    colours = [line.get_color() for line in figure.axes[0].lines]
    assert colours == [*style.COLOURS[:3]]
    (key,) = figure.legends
    assert [text.get_text() for text in key.get_texts()] == ["a", "b", "c", "test"]


def test_the_newest_run_is_found(tmp_path: Path) -> None:
    assert runs.newest(tmp_path, "x.pt") == tmp_path
    for age, name in enumerate(("old", "new", "empty")):
        (tmp_path / name).mkdir()
        if name != "empty":
            (tmp_path / name / "x.pt").touch()
            os.utime(tmp_path / name / "x.pt", (age, age))
    assert runs.newest(tmp_path, "x.pt") == tmp_path / "new"
    assert runs.newest(tmp_path / "old", "x.pt") == tmp_path / "old"


def test_time_starts_at_1_and_colours_differ(tmp_path: Path) -> None:
    figure = Figure()
    axes = figure.subplots()
    style.whole_steps(axes, 3)
    assert axes.get_xlim() == (0.5, 3.5)
    style.plain(axes)
    assert not axes.spines["top"].get_visible()
    assert len({*style.COLOURS}) == len(style.COLOURS)
    path = style.save(figure, tmp_path / "deep" / "er" / "x.png")
    assert path.read_bytes().startswith(b"\x89PNG")
