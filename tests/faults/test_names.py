"""Names of every sort in every role: the short form, and what went wrong once."""

import re
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import PydanticCustomError

from snnc import names as allowed
from snnc.backends import cpu, cupy, places, recurrent, steps
from snnc.kernel.build import kernel
from snnc.neurons.alif import ALIF
from snnc.number import Value
from snnc.program.types import Program
from snnc.sections.user_kinds import OwnNeuron
from snnc.step import print_c
from snnc.window import Window
from templates.snn_runtime.fused import joining, joining_cuda, prelude
from templates.snn_runtime.fused.joined.places import PLACES
from templates.snn_runtime.fused.joined.prelude import PRELUDE_NORMED
from templates.snn_runtime.fused.joined.prelude_cuda import PRELUDE_NORMED_CUDA
from templates.snn_runtime.fused.recurrent.prelude import PRELUDE_RECURRENT
from tests.faults import names, words
from tests.faults.comparing import findings, wrong
from tests.faults.importing import unimportable
from tests.faults.roles import LEARNED, ROLES

SPECS = Path(__file__).parent / "specs"
REFUSED = {
    "c_bool": "bool",
    "double_own_double": "double",
    "half": "half",
    "network_snnc": "snnc",
    "network_torchgen": "torchgen",
    "run": "run",
}
"""What is refused of the specs in specs/; everything else has to work."""
PRINTED = re.compile(r"\b[A-Za-z]\w*_(?:at|data|end|kept|now|size|start|stride|sum|)\b")
ROOTS = """\
torch numpy matplotlib scikit-learn tensorboard torchvision tqdm h5py tonic pydantic jinja2
networkx typer"""


def test_words_in_roles() -> None:
    assert names.run(short=True) == []


def test_words_that_are_refused_beside_one_another_are_compared_apart() -> None:
    counts, (block,) = names.Counts(), [role for role in ROLES if str(role) == "block"]
    names.check(block, ["v", "v_"], counts)
    assert counts.failures == []
    assert (counts.refused, counts.built) == (0, 3)


@pytest.mark.parametrize("path", sorted(SPECS.glob("*.toml")), ids=lambda p: p.name.split(".")[0])
def test_what_went_wrong_once(path: Path) -> None:
    text, blamed = path.read_text("utf-8"), REFUSED.get(path.name.split(".")[0])
    found = findings(text)
    if blamed is None:
        assert found == ()
        assert [*wrong(text, ruff=True)] == []
    else:
        (finding,) = found
        assert finding.code == "SNN206"
        assert finding.message.startswith(f'"{blamed}" is taken: ')
        assert finding.place.quoted.strip('"') == blamed
        assert finding.help is not None


def test_names_that_only_look_taken() -> None:
    """A double becomes neither another name of the spec nor one that is made of one."""
    step = "a = x * own_g_v + g_v\nv = v * 0.5 + exp(a)"
    text = f"""{ROLES[0].spec(["g_x"])}
[neurons.Zo]
parameters = {{ g_v = {LEARNED}, own_g_v = {LEARNED} }}
state = {{ v = 0.0 }}
step = '''
{step}
'''
output = "v"
"""
    text = text.replace('{ kind = "Zs", name = "zzend"', '{ kind = "Zo", name = "zzend"')
    assert findings(text) == ()
    assert [*wrong(text)] == []


def test_an_old_fault_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Data known by how its name ends."""

    class Ending:
        def __contains__(self, name: str) -> bool:
            return name.endswith(".data")

    (role,) = (role for role in ROLES if role.what == "layer in a block")
    counts = names.Counts()
    names.check(role, ["data", "w"], counts)
    assert (counts.failures, counts.built) == ([], 1)
    monkeypatch.setattr(Program, "given", Ending())
    names.check(role, ["data", "w"], counts)
    assert counts.failures
    assert all(failure.startswith("layer in a block data: ") for failure in counts.failures)


def test_words_of_c_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Symbols printed as they are."""

    def plain(name: str, part: str = "") -> str:
        return f"{name}_{part}" if part else name

    for module in (print_c, steps, cpu, cupy, places, recurrent):
        monkeypatch.setattr(module, "symbol", plain)
    (role,) = (role for role in ROLES if role.what == "local")
    counts = names.Counts()
    names.check(role, ["a", "double", "b"], counts)
    assert counts.failures
    assert all(failure.startswith("local double: ") for failure in counts.failures)


def test_nothing_of_the_run_time_ends_like_a_symbol() -> None:
    """Printed with names that no text of ours has, all that is left is what we call our own."""
    kind: Any = OwnNeuron(
        inputs=("qqx",),
        parameters={"qqp": Value(value=2.0, learnable=True)},
        state={"qqv": 0.0},
        step="qqh = qqv * qqp + qqx\nqqv = qqh * sigmoid(qqh)",
        output="qqv",
    ).kind("Qq")
    own = kernel("qqk", kind(), recurrent=True)
    joined = replace(own, joined=True)
    texts = [steps.steps(own), recurrent.loops(own), places.loops(joined, Window("max", 2, 2))]
    texts += [text for k in (own, joined) for text in (cpu.loops(k), cupy.loops(k))]
    texts += [prelude.PRELUDE, prelude.PRELUDE_C, prelude.PRELUDE_CUDA]
    texts += [joining.JOINING, joining_cuda.JOINING_CUDA, PRELUDE_NORMED, PRELUDE_NORMED_CUDA]
    texts += [PLACES, PRELUDE_RECURRENT]
    found = {word for text in texts for word in PRINTED.findall(text)}
    assert {word for word in found if "qq" in word}
    ours = {word for word in found if "qq" not in word and not _derived(word)}
    assert ours == {"vector_size"}  # GCC's own, in an attribute outside of functions


def _derived(word: str) -> bool:
    """A part of an equation that simplification named: ``d_``, ``sigmoid_of``."""
    return bool(re.fullmatch(r"(d_|g_)?(sigmoid_of|part\d*|u|output)_(at|now)?", word))


def test_numbers_never_hide_what_a_neuron_has() -> None:
    for word in words.WORDS["attributes of neurons"]:
        with pytest.raises(PydanticCustomError, match=r"is taken|is longer"):
            allowed.parameter(word)


def test_kinds_that_snnc_has_keep_to_the_rules() -> None:
    for word in ALIF().numbers():
        assert word == "soft" or allowed.parameter(word)


def test_no_package_hides_what_generated_code_needs() -> None:
    """Neither what is imported nor what that imports: all of it as it is installed here."""
    hidden = {name for name in _installed() if not _refused(name)}
    assert hidden == set()


def _refused(name: str) -> bool:
    try:
        return not allowed.network(name)
    except PydanticCustomError:
        return True


def _installed() -> set[str]:
    """The modules of the distributions that ROOTS need, directly or not."""
    distributions = {_plain(d.metadata["Name"]): d for d in metadata.distributions()}
    known, ahead = set[str](), [*ROOTS.split()]
    while ahead:
        name = _plain(ahead.pop())
        if name in known or name not in distributions:
            continue
        known.add(name)
        needed = (r for r in distributions[name].requires or () if "extra ==" not in r)
        ahead += [match[0] for r in needed if (match := re.match(r"[\w.-]+", r))]
    modules: Any = metadata.packages_distributions()
    mine = {module for module, of in modules.items() if known & {*map(_plain, of)}}
    return {module for module in mine if module.isidentifier() and module[0] != "_"}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_packages_beside_each_other_are_imported() -> None:
    assert unimportable(["losses", "pictures", "fused", "nodes", "expf"]) == []


def test_a_package_that_hides_a_module_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowed, "_PACKAGES", frozenset())
    (failure,) = unimportable(["typing_extensions"])
    assert failure.startswith("network: ")
