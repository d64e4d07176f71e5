"""Training curves, their key, and the panels beside a raster, without a package."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from torch import Tensor, nn

import snnc
from templates.snn_runtime.pictures import Sample, answered, read_runs, training_curves
from templates.snn_runtime.pictures.curves import labels_of
from templates.snn_runtime.pictures.key import broken, fitted, wide
from templates.snn_runtime.pictures.sample import plot_sample
from tests.support.nets import document

HEAD = "epoch,train/loss,train/accuracy,{}test/loss,test/accuracy\n"
HELD_OUT = "validation/loss,validation/accuracy,"
SETTINGS = "T4_b64_Adam_lr0.002_betas-0.9-0.999-_CosineAnnealingLR_T_max20"


def run(folder: Path, rows: str, held_out: bool = False) -> Any:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "metrics.csv").write_text(HEAD.format(HELD_OUT if held_out else "") + rows)
    (found,) = read_runs([folder])
    return found


def titles(figure: Figure) -> list[str]:
    return [axes.get_title() for axes in figure.axes]


# --- the best epoch ------------------------------------------------------------------------------


def test_the_best_epoch_is_that_of_samples_held_out(tmp_path: Path) -> None:
    rows = "1,1,0.1,0.9,0.8,0.9,0.5\n2,1,0.1,0.9,0.7,0.9,0.75\n"
    figure = training_curves([run(tmp_path, rows, held_out=True)], "accuracy", 1)
    assert titles(figure) == ["Loss", "Accuracy: 50.00% on test\nepoch 1, the best on validation"]


def test_of_equal_epochs_the_last_is_the_best(tmp_path: Path) -> None:
    rows = "1,1,0.1,0.5,0.75\n2,1,0.1,0.6,0.75\n3,1,0.1,0.7,0.5\n"
    figure = training_curves([run(tmp_path, rows)], "accuracy", 1)
    assert titles(figure)[1] == "Accuracy: 75.00% on test\nepoch 2, the best on test"


def test_of_a_loss_less_is_better(tmp_path: Path) -> None:
    rows = "1,1,0.1,0.5,0.2\n2,1,0.1,0.25,0.1\n3,1,0.1,0.75,0.9\n"
    figure = training_curves([run(tmp_path, rows)], "loss", -1)
    assert titles(figure) == ["Loss: 0.25 on test\nepoch 2, the best on test", "Accuracy"]
    for axes in figure.axes:
        assert [2, 2] in [np.asarray(line.get_xdata()).tolist() for line in axes.lines]


def test_another_metric_has_no_best_epoch(tmp_path: Path) -> None:
    figure = training_curves([run(tmp_path, "1,1,0.1,0.5,0.2\n")], "perplexity", -1)
    assert titles(figure) == ["Loss", "Accuracy"]


# --- the key of several runs ---------------------------------------------------------------------


def paths(*names: str) -> list[tuple[str, ...]]:
    return [("/", "home", "runs", *name.split("/")) for name in names]


@pytest.mark.parametrize(
    ("names", "labels"),
    [
        ([f"net/{SETTINGS}_seed{seed}" for seed in range(3)], ["seed0", "seed1", "seed2"]),
        (["net/T4_lr0.1_seed0", "net/T8_lr0.1_seed1"], ["T4_seed0", "T8_seed1"]),
        (["plain/T4_seed0", "feedback/T4_seed0"], ["plain", "feedback"]),
        (["a/T4_seed0", "b/T4_seed1"], ["a/seed0", "b/seed1"]),
        (["net/T4", "net/T4_amp"], ["T4", "T4_amp"]),
        (["x_y", "y_x"], ["x_y", "y_x"]),
    ],
)
def test_labels_say_what_differs(names: list[str], labels: list[str]) -> None:
    assert labels_of(paths(*names)) == labels


def drawn_key(figure: Figure) -> Any:
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    (legend,) = figure.legends
    return legend.get_window_extent(canvas.get_renderer())


@pytest.mark.parametrize("long", [6, 60, 400])
@pytest.mark.parametrize("losses", [False, True])
def test_the_key_of_five_runs_fits(tmp_path: Path, long: int, losses: bool) -> None:
    """Into a figure of one panel, too, and leaving the panels their room."""
    folders = [tmp_path / str(i) for i in range(5)]
    runs = [run(folder, "1,1,0.1,0.5,0.2\n2,1,0.1,0.4,0.3\n") for folder in folders]
    kept = [split for split, name in runs[0].curves if name == "loss" or not losses]
    named = [
        type(one)(
            f"run{i}_".ljust(long, "x"),
            {k: v for k, v in one.curves.items() if not losses or k[1] == "loss"},
        )
        for i, one in enumerate(runs)
    ]
    figure = training_curves(named)
    box, width = drawn_key(figure), figure.get_size_inches()[0] * figure.dpi
    assert 0 <= box.x0 < box.x1 <= width
    texts = [text.get_text().replace("\n", "") for text in figure.legends[0].get_texts()]
    assert texts == [*(one.label for one in named), *dict.fromkeys(kept)]
    for axes in figure.axes:
        inside = axes.get_position()
        assert inside.y0 * figure.get_size_inches()[1] * figure.dpi >= box.y1 - 1
        assert inside.height * figure.get_size_inches()[1] > 2


def test_a_label_is_broken_where_it_is_too_wide() -> None:
    assert broken("short", 1000) == "short"
    lines = broken("x" * 100, wide("x" * 30)).split("\n")
    assert len(lines) == 4
    assert all(wide(line) <= wide("x" * 30) for line in lines)
    key = fitted(["a" * 200, "b"], 2, 4.8)
    assert key.columns == 1
    assert key.height > fitted(["a", "b"], 2, 4.8).height


# --- the input beside the raster -----------------------------------------------------------------


def drawn(sample: Sample) -> Any:
    axes = Figure().subplots()
    plot_sample(axes, sample)
    return axes


@pytest.mark.parametrize(
    ("shape", "picture", "timed", "sweep", "sides", "label"),
    [
        ((1, 6, 8), (1, 6, 8), False, "", (-0.5, 7.5, 5.5, -0.5), "column (pixels)"),
        ((5, 9), (9,), True, "", (0.5, 5.5, 8.5, -0.5), "time step"),
        ((1, 6, 8), (1, 6, 8), False, "columns", (0.5, 8.5, 5.5, -0.5),
         "time step (a column of pixels each)"),
        ((1, 6, 8), (1, 6, 8), False, "rows", (-0.5, 7.5, 6.5, 0.5), "column (pixels)"),
        ((5, 2, 6, 8), (2, 6, 8), True, "", (-0.5, 7.5, 5.5, -0.5),
         "column (pixels), summed over time"),
    ],
)  # fmt: skip
def test_time_counts_from_one_beside_the_raster_too(
    shape: Sequence[int],
    picture: tuple[int, ...],
    timed: bool,
    sweep: str,
    sides: tuple[float, ...],
    label: str,
) -> None:
    axes = drawn(Sample(torch.rand(*shape), picture, timed, sweep))
    assert tuple(axes.images[0].get_extent()) == sides
    assert axes.get_xlabel() == label
    assert ("time step" in axes.get_ylabel()) == (sweep == "rows")


@pytest.mark.parametrize(
    ("label", "answer", "title"),
    [
        ("7", "7", "Input: 7\nanswered: 7"),
        ("7", "1", "Input: 7\nanswered: 1 (wrong)"),
        ("", "1", "Input\nanswered: 1"),
        ("7", "", "Input: 7"),
        ("", "", "Input"),
    ],
)
def test_a_picture_says_what_was_answered(label: str, answer: str, title: str) -> None:
    shown = Sample(torch.rand(1, 6, 8), (1, 6, 8), label=label, answer=answer)
    assert drawn(shown).get_title() == title


class Says(nn.Module):
    """Answers the class whose number it is given, or it twice under two names."""

    def __init__(self, steps: int = 0) -> None:
        super().__init__()
        self.steps = steps

    def forward(self, x: Tensor) -> Tensor:
        answer = nn.functional.one_hot(x.long().flatten(), 5).float()
        return answer.expand(self.steps, *answer.shape) if self.steps else answer


def test_the_answer_is_where_the_output_is_largest() -> None:
    assert answered(Says(), torch.tensor([3.0]), "output", timed=False) == 3
    assert answered(Says(steps=4), torch.tensor([2.0]), "output", timed=False) == 2


@pytest.mark.parametrize("encoder", ["columns", "rows", "direct"])
def test_a_package_knows_what_it_reads_at_each_step(tmp_path: Path, encoder: str) -> None:
    first = '"Flatten", ' if encoder == "direct" else ""
    layers = f'layers = [{first}{{ kind = "Linear", out_features = 10 }}, "IF"]'
    train = 'dataset = "Digits"\nloss = "mse"\nepochs = 1\nbatch_size = 8\noptimizer = "SGD"\n'
    text = f'[input]\nshape = [1, 8, 8]\nencoder = "{encoder}"\n\n[network]\n{layers}\n\n[train]\n'
    script = snnc.emit(document(tmp_path, text + train, 8)).package["visualize.py"]
    assert f'SWEEP = "{encoder if encoder != "direct" else ""}"' in script
    assert 'CLASSES = "output"' in script
    assert 'METRIC, HIGHER_IS_BETTER = "accuracy", True' in script


def test_ternary_spikes_are_counted_in_maps() -> None:
    from templates.snn_runtime.pictures import Activity, Layer, feature_maps

    spikes = np.zeros((2, 1, 2, 2))
    spikes[0, 0, 0, 0], spikes[1, 0, 0, 0] = 1, -1
    states = {"v": np.zeros_like(spikes)}
    done = Activity(Layer("t", ("v",)), spikes, states, spikes, abs(spikes).mean(0).ravel())
    figure = feature_maps(done)
    assert np.asarray(figure.axes[1].images[0].get_array())[0, 0] == 1
