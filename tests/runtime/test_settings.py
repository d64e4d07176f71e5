"""What a run is told: names of folders, flags, and what the command line refuses."""

from argparse import ArgumentTypeError

import pytest

from tests.runtime.runtime import module

identity = module("training.identity")
options = module("training.options")
settings = module("training.settings")

ADAM = {"kind": "Adam", "lr": 0.01}
NETWORK = identity.Network("net", {"time_steps": "4"}, "time_steps = 4\n", 2)
SPEC = settings.Settings(epochs=3, batch_size=8, time_steps=4, optimizer=ADAM)


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({}, "T4_b8_Adam_lr0.01_seed0"),
        ({"seed": 7}, "T4_b8_Adam_lr0.01_seed7"),
        ({"amp": True, "accumulate": 2}, "T4_b8_Adam_lr0.01_amp_accumulate2_seed0"),
        ({"epochs": 99, "early_stop": 3, "deterministic": True}, "T4_b8_Adam_lr0.01_seed0"),
        (
            {"scheduler": {"kind": "StepLR", "step_size": 2}},
            "T4_b8_Adam_lr0.01_StepLR_step_size2_seed0",
        ),
        ({"optimizer": {"kind": "SGD", "betas": (0.9, 0.99)}}, "T4_b8_SGD_betas-0.9-0.99-_seed0"),
    ],
)
def test_a_folder_is_named_by_what_makes_it_another_run(more: dict[str, object], name: str) -> None:
    usual = {"epochs": 3, "batch_size": 8, "time_steps": 4, "optimizer": ADAM}
    assert (
        settings.title(settings.Settings(**usual | more), "0123456789abcdef") == f"{name}_01234567"
    )


@pytest.mark.parametrize(
    ("text", "least", "want"),
    [("3", 1, 3), ("0", 0, 0), ("007", 1, 7), ("1" * 12, 1, 111111111111)],
)
def test_whole_numbers(text: str, least: int, want: int) -> None:
    assert options.integer(least)(text) == want


@pytest.mark.parametrize("text", ["0", "-1", "1.0", "1e3", "", " 3", "x", "³", "٣", "+3", "1_000"])
def test_what_is_no_whole_number(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="must be a whole number from 1 up, not "):
        options.integer(1)(text)


@pytest.mark.parametrize(
    ("text", "bounds", "said"),
    [
        ("nan", (0.0,), "a number from 0, not 'nan'"),
        ("inf", (0.0,), "a number from 0, not 'inf'"),
        ("1.5", (0.0, 1.0), "a number from 0 to 1, not '1.5'"),
        ("-0.1", (0.0, 1.0), "a number from 0 to 1, not '-0.1'"),
        ("0", (0.0, float("inf"), True), "a number above 0, not '0'"),
        ("a", (0.0,), "a number from 0, not 'a'"),
    ],
)
def test_what_is_no_number_between(text: str, bounds: tuple[float, ...], said: str) -> None:
    with pytest.raises(ArgumentTypeError) as raised:
        options.real(*bounds)(text)
    assert str(raised.value) == f"must be {said}"


def test_numbers_include_their_bounds() -> None:
    assert (options.real(0, 1)("0"), options.real(0, 1)("1")) == (0.0, 1.0)
    assert options.real(0, above=True)("1e-9") == 1e-9


def test_a_kind_is_read_in_any_case() -> None:
    read = options.kind(("Adam", "SGD"))
    assert (read("adam"), read("sGD")) == ("Adam", "SGD")
    with pytest.raises(ArgumentTypeError, match="must be one of Adam, SGD, not 'Adagrad'"):
        read("Adagrad")


def test_flags_change_settings_and_nothing_else() -> None:
    found, new = options.parse(
        "net", NETWORK, SPEC, False, ["--lr", "0.5", "--epochs", "9", "--restart"]
    )
    assert new.optimizer == {"kind": "Adam", "lr": 0.5}
    assert (new.epochs, new.batch_size, found.restart, found.evaluate) == (9, 8, True, False)
    assert SPEC.optimizer == ADAM


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--restart", "--resume"], "--restart and --resume exclude each other"),
        (["--profile", "--evaluate"], "--profile and --evaluate exclude each other"),
        (["--time-steps", "5"], "--time-steps: this network has 4, not 5"),
        (["--label-smoothing", "0.1"], "--label-smoothing does not apply"),
        (["--amp", "--dtype", "float64"], "--dtype float64 needs --no-amp"),
        (["--batch-size", "0"], "must be a whole number from 1 up, not '0'"),
        (["--device", "toaster"], "'toaster' is not a device that torch can use here"),
        (["--no-such-flag"], "unrecognized arguments: --no-such-flag"),
    ],
)
def test_wrong_flags_are_one_sentence_and_code_2(
    flags: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as raised:
        options.parse("net", NETWORK, SPEC, True, flags)
    assert raised.value.code == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert said in last
    assert last.startswith("python -m net.train: error: ")


@pytest.mark.parametrize("given", [{"epochs": 9}, {"early_stop": 2}, {"deterministic": True}])
def test_a_resumed_run_may_be_longer(given: dict[str, object]) -> None:
    found = options.resumed(SPEC, given)
    assert {name: getattr(found, name) for name in given} == given


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"batch_size": 4}, "--batch-size: a run that is resumed keeps its own (8)"),
        ({"lr": 0.5}, "--lr: a run that is resumed keeps its own (0.01)"),
        ({"opt": "SGD"}, "--opt: a run that is resumed keeps its own (Adam)"),
        ({"seed": 1}, "--seed: a run that is resumed keeps its own (0)"),
    ],
)
def test_a_resumed_run_keeps_what_decides_its_numbers(given: dict[str, object], said: str) -> None:
    with pytest.raises(settings.RunError) as raised:
        options.resumed(SPEC, given)
    assert str(raised.value).startswith(said)
