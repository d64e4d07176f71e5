"""Names that a spec may give: nothing that PyTorch or generated code has taken."""

import re

import pytest
from pydantic_core import PydanticCustomError
from torch import nn

from snnc import names
from snnc.emit.runtime import defined


def refused(name: str, check: object = names.identifier) -> str:
    assert callable(check)
    try:
        check(name)
    except PydanticCustomError as error:
        return error.message()
    return ""


def test_every_attribute_of_a_module_is_reserved() -> None:
    public = {name for name in dir(nn.Module()) if not name.startswith("_")}
    assert public - names.RESERVED == set()


def test_helpers_of_generated_code_are_taken() -> None:
    found = [
        name for name, module in defined().items() if not module.startswith(("fused", "weights"))
    ]
    assert found
    for name in found:
        if name.islower():
            assert refused(name), name
        else:
            snake = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
            assert refused(snake, names.network), name


@pytest.mark.parametrize("name", ["a", "conv1", "if_", "a__b", "A1", "input", "n" * names.LONGEST])
def test_names(name: str) -> None:
    assert names.identifier(name) == name


@pytest.mark.parametrize("name", ["signal", "random", "numpy", "tqdm", "none", "true", "tensor"])
def test_names_of_layers_that_no_network_can_have(name: str) -> None:
    assert names.identifier(name) == name
    assert refused(name, names.network)


@pytest.mark.parametrize("name", ["conv1", "enc1.sn2", "layer2.0.conv1", "hidden@-1", "hidden@-12"])
def test_references(name: str) -> None:
    assert names.reference(name) == name


@pytest.mark.parametrize(
    "name", ["", "a b", "a@1", "a@-0", "a@", ".a", "a.", "1a", "a@-1@-1", "a\n"]
)
def test_bad_references(name: str) -> None:
    assert refused(name, names.reference) == "is not the name of a layer"
