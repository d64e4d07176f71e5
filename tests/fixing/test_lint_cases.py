"""The broken specs of newcomers, fixed."""

import shutil
from pathlib import Path

import pytest

import snnc
from snnc.fixing import fixed
from snnc.source.reading import SUFFIX

CASES = Path(__file__).parents[1] / "lint_cases"
MENDED = """
defaults_neuron_no_effect eq_I eq_equations_key ext_inherit_key pt_batch_in_shape pt_call_string
pt_dropout_pos pt_in_features_wrong pt_kernel_tuple pt_positional pt_shape_hw pt_time_in_shape
pt_torch_nn_prefix sec_layers_aot sec_version sj_step_mode snn_decay snn_default_neuron_tau
snn_init_hidden snn_leaky_beta snn_learn_beta snn_lif_beta snn_neuron_default snn_spike_grad
toml_True_note toml_comma_number toml_expression toml_float_dot toml_float_trailing
toml_inline_newline toml_leading_zero toml_missing_comma toml_semicolon toml_trailing_comma_inline
toml_unclosed_brace tr_convert_mode tr_lr_top tr_opt_str var_floatdiv var_jinja var_shell var_string
var_vars_prefix eq_output pt_add_inputs pt_shape_text sj_voting_size snn_alpha snn_call tr_cosine
tr_types
""".split()
"""Those that safe fixes leave without an error or a warning, among others."""
EVERY = sorted(path.name.removesuffix(SUFFIX) for path in CASES.glob(f"*{SUFFIX}"))


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(CASES, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", EVERY)
def test_safe_fixes(name: str) -> None:
    run = fixed([Path(f"{name}{SUFFIX}")], snnc.check_all)
    before = [found for found in snnc.check(f"{name}{SUFFIX}") if found.fails]
    after = [found for found in run.findings if found.fails]
    assert name not in MENDED or (before and not after)
    assert bool(run.changed) == bool(run.applied)
    assert {offer.fix.safety for offer in run.applied} <= {"safe"}
    for path, (_, new) in run.changed.items():
        path.write_bytes(new)
    assert snnc.check(f"{name}{SUFFIX}") == run.findings
    assert not fixed([Path(f"{name}{SUFFIX}")], snnc.check_all).changed
