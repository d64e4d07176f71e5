"""benchmarks/zoo_pages.py: a page of the zoo from its spec, its results and its pictures."""

from pathlib import Path

import pytest

from benchmarks import zoo_pages, zoo_results

RESULTS = """\
seed,epoch,train/loss,train/accuracy,test/loss,test/accuracy
0,1,0.5,0.5,0.5,0.7
0,2,0.4,0.6,0.4,0.9
0,3,0.4,0.6,0.4,0.85
1,1,0.5,0.5,0.5,0.8
"""

COLUMNS = "seed, epochs, seconds, images/s, epoch 1, epoch 2, epoch 10, best test/accuracy, last"
HEAD = f"| {COLUMNS.replace(', ', ' | ')} |"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(zoo_pages, "ZOO", tmp_path)
    monkeypatch.setattr(zoo_results, "ZOO", tmp_path)
    return tmp_path


def test_a_page_has_spec_program_results_and_pictures(folder: Path) -> None:
    (folder / "digits_conv.csv").write_text(RESULTS)
    (folder / "digits_conv_curves.png").write_bytes(b"")
    page = zoo_pages.page("digits_conv")
    assert page.startswith(f"{zoo_pages.NOTE}\n\n# digits_conv\n")
    assert 'name = "digits_conv"\n' in page
    assert "before the time loop: computed once" in page
    table = page.partition("## What it reached\n\n")[2].partition("\n\n")[0]
    assert table.splitlines() == [
        HEAD,
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        "| 0 | 3 |  |  | 70.00% | 90.00% |  | 90.00% (epoch 2) | 85.00% |",
        "| 1 | 1 |  |  | 80.00% |  |  | 80.00% (epoch 1) | 80.00% |",
    ]
    assert "![digits_conv_curves](digits_conv_curves.png)" in page


def test_columns_may_be_named_with_an_underscore(folder: Path) -> None:
    text = RESULTS.replace("/", "_").replace("seed,", "").replace("\n0,", "\n")
    (folder / "digits_conv.csv").write_text(text.rpartition("1,1")[0])
    assert "| 3 |  |  | 70.00% | 90.00% |  | 90.00% (epoch 2) | 85.00% |" in zoo_pages.page(
        "digits_conv"
    )


def test_seconds_are_those_of_every_epoch(folder: Path) -> None:
    rows = "data,epoch,test/accuracy,images/s\nMNIST,1,0.5,80\nMNIST,2,0.6,160\n"
    (folder / "digits_conv.csv").write_text(rows)
    assert "| MNIST | 2 | 150 | 120 | 50.00% | 60.00% |" in zoo_pages.page("digits_conv")


def test_a_file_without_rows_is_refused(folder: Path) -> None:
    (folder / "digits_conv.csv").write_text(RESULTS.splitlines()[0])
    with pytest.raises(ValueError, match="no rows"):
        zoo_pages.page("digits_conv")


CONVERSION = """\
data,seed,ann,rule,initial,t1,t8
MNIST,0,0.98,max,zero,0.1,0.97
MNIST,0,0.98,max,half,0.5,0.98
MNIST,1,dead: without 3,,,,
MNIST,2,0.96,max,zero,0.3,0.96
MNIST,2,0.96,max,half,0.7,
"""


def test_a_page_of_a_conversion(folder: Path) -> None:
    """Means over the ANNs, which of them were dead, and every one by itself."""
    (folder / "ann2snn_mnist_conversion.csv").write_text(CONVERSION)
    page = zoo_pages.page("ann2snn_mnist")
    assert "| max | zero | -77.00 | -0.50 |" in page
    assert "| max | half | -37.00 | +0.00 |" in page
    assert "ANNs: 98.00% (seed 0), 96.00% (seed 2). Not converted: seed 1 dead: without 3." in page
    assert "| MNIST | 2 | 96.00% | max | half | 70.00% |  |" in page
    zoo_pages.main()
    assert (folder / "ann2snn_mnist.md").read_text() == page


def test_runs_become_rows(folder: Path, tmp_path: Path) -> None:
    """Of each run its data, its seed, and in how many bits products were."""
    run = tmp_path / "run"
    (run / "pictures").mkdir(parents=True)
    (run / "pictures" / "curves.png").write_bytes(b"png")
    (run / "metrics.csv").write_text("epoch,test/accuracy\n1,0.123456789\n")
    settings = 'amp = {}\nseed = 3\ndtype = "float32"\n[run]\ndevice = "cpu"\n'
    (run / "settings.toml").write_text(settings.format("true"))
    zoo_results.main(["digits_conv", str(run), f"Mine={run}"])
    lines = (folder / "digits_conv.csv").read_text().splitlines()
    assert lines[0] == "data,seed,products,epoch,test/accuracy"
    assert lines[1:] == ["Digits,3,bf16,1,0.123457", "Mine,3,bf16,1,0.123457"]
    assert (folder / "digits_conv_curves.png").read_bytes() == b"png"
    (run / "settings.toml").write_text(settings.format("false"))
    zoo_results.main(["digits_conv", str(run)])
    assert "Digits,3,fp32,1," in (folder / "digits_conv.csv").read_text()
