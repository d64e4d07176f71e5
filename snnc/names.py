"""Names that a spec may give: they become attributes, variables and packages."""

import keyword
import re

from pydantic_core import PydanticCustomError

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_REFERENCE = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*(@-[1-9][0-9]*)?\Z")

# What nn.Module and the generated class define themselves (checked against torch in the tests).
RESERVED = frozenset(
    """T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda
    double dump_patches eval extra_repr float forward get_buffer get_extra_state get_parameter
    get_submodule half ipu load_state_dict modules mtia named_buffers named_children
    named_modules named_parameters parameters register_backward_hook register_buffer
    register_forward_hook register_forward_pre_hook register_full_backward_hook
    register_full_backward_pre_hook register_load_state_dict_post_hook
    register_load_state_dict_pre_hook register_module register_parameter
    register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state
    set_submodule share_memory state_dict step time_steps to to_empty train training type values
    xpu zero_grad""".split()
)
_LOCALS = frozenset("kernels model nn self seed torch x".split())


def identifier(name: str) -> str:
    """A name of a layer, a network or a variable."""
    if not _IDENTIFIER.match(name):
        raise PydanticCustomError(
            "bad_name",
            "is not a name: letters, digits and _ only, starting with a letter",
        )
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        raise PydanticCustomError("bad_name", "is a Python keyword")
    if name in RESERVED:
        raise PydanticCustomError("bad_name", "is taken: PyTorch's modules have an attribute of it")
    if name in _LOCALS:
        raise PydanticCustomError("bad_name", "is taken: generated code uses it")
    return name


def reference(name: str) -> str:
    """A name of something else: ``conv1``, ``enc1.sn2``, ``hidden@-1``."""
    if not _REFERENCE.match(name):
        raise PydanticCustomError("bad_name", "is not the name of a layer")
    return name
