"""Names that a spec may give: they become attributes, variables, packages and classes."""

import keyword
import re
import sys

from pydantic_core import PydanticCustomError

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_REFERENCE = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*(@-[1-9][0-9]*)?\Z")

LONGEST = 32
LONGEST_SYMBOL = 20
"""Of a name: generated lines that hold two of them still fit."""

# What nn.Module and the generated class define themselves (checked against torch in the tests).
RESERVED = frozenset(
    """T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda
    double dump_patches eval extra_repr float forward get_buffer get_extra_state get_parameter
    get_submodule half ipu load load_state_dict modules mtia named_buffers named_children
    named_modules named_parameters parameters register_backward_hook register_buffer
    register_forward_hook register_forward_pre_hook register_full_backward_hook
    register_full_backward_pre_hook register_load_state_dict_post_hook
    register_load_state_dict_pre_hook register_module register_parameter
    register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state
    set_submodule share_memory state_dict step time_steps to to_empty train training type values
    xpu zero_grad""".split()
)
# What generated functions call or import (checked against templates/helpers in the tests).
_LOCALS = frozenset(
    """NEURONS batch_norm_once batch_norm_once_per_step batch_norm_per_step call_seed check_input
    delayed_by in_chunks in_range joined keep_state kernels latency_spikes linear_attention model nn
    past_values phase_bits place_neurons poisson population_code population_spikes range
    resumed_state seed self softmax_attention steps_done steps_taken torch uniform x""".split()
)
# Packages that generated code imports: one of the same name in the current folder would hide them.
_PACKAGES = frozenset(
    "cupy h5py matplotlib numpy sklearn tensorboard tonic torchvision tqdm".split()
)
# Classes that generated modules import or define beside that of the network.
_CLASSES = frozenset(
    """Any BNTT1d BNTT2d Callable ChannelDropout Data DataError Delay Dropout F False Mapping
    NamedTuple None Path Repeat Sequence StepChannelDropout StepDropout TEBN1d TEBN2d Tensor True
    VariableDelay WSConv2d""".split()
)


def identifier(name: str) -> str:
    """A name of a layer, a network or a variable."""
    if not _IDENTIFIER.match(name):
        raise _bad("is not a name: it starts with a letter; letters, digits and _ follow")
    if len(name) > LONGEST:
        raise _bad(f"is longer than {LONGEST} characters")
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        raise _bad("is a Python keyword")
    if name in RESERVED:
        raise _bad("is taken: PyTorch's modules have an attribute of it")
    if name in _LOCALS:
        raise _bad("is taken: generated code uses it")
    return name


def path(name: str) -> str:
    """Where a layer is: ``conv1``, ``layer2.0.conv1``; its parts are names or numbers."""
    for part in name.split(".") if "." in name else ():
        if not part.isdecimal():
            identifier(part)
    return name if "." in name else identifier(name)


def container(name: str) -> str:
    """The name of a block, which becomes a class beside that of the network."""
    identifier(name)
    if class_name(name) in _CLASSES:
        raise _bad(f"is taken: generated code has another class {class_name(name)}")
    return name


def symbol(name: str) -> str:
    """A name in equations: an input, a state, a parameter."""
    if not _IDENTIFIER.match(name):
        raise _bad("is not a name for equations: letters, digits and _, starting with a letter")
    if keyword.iskeyword(name):
        raise _bad("is a Python keyword")
    if name == "pi":
        raise _bad("is taken: in equations it is 3.14159…")
    if len(name) > LONGEST_SYMBOL:
        raise _bad(f"is longer than {LONGEST_SYMBOL} characters")
    return name


def network(name: str) -> str:
    """The name of a whole network, which is that of a package too."""
    identifier(name)
    if name in sys.stdlib_module_names or name in _PACKAGES:
        raise _bad("is taken: the package would hide a module that generated code needs")
    if class_name(name) in _CLASSES:
        raise _bad(f"is taken: generated code has another class {class_name(name)}")
    return name


def class_name(name: str) -> str:
    """``conv_fmnist`` as ``ConvFmnist``."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def is_reference(value: object) -> bool:
    """Whether a value can name something else."""
    return isinstance(value, str) and bool(_REFERENCE.match(value))


def reference(name: str) -> str:
    """A name of something else: ``conv1``, ``enc1.sn2``, ``hidden@-1``."""
    if not is_reference(name):
        help = 'write "a", or "a@-1" for the value of `a` one step earlier'
        raise _bad("is not the name of a layer", help)
    return name


def _bad(message: str, help: str | None = None) -> PydanticCustomError:
    return PydanticCustomError("bad_name", message, {"help": help} if help else None)
