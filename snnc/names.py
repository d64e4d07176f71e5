"""Names that a spec may give: they become attributes, variables, packages and classes."""

import builtins
import keyword
import re
import sys

from pydantic_core import PydanticCustomError

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_REFERENCE = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*(@-[1-9][0-9]{0,8})?\Z")

LONGEST = 32
LONGEST_SYMBOL = 20
"""Of a name: generated lines that hold two of them still fit."""
LONGEST_PART, LONGEST_DOTTED = 64, 128
"""Of a package's name: it is also the path of a folder."""

KEYS = ("name", "from", "when", "repeat", "first")
FIXED = ("kind", *KEYS, "feedback")
"""Keys that every layer may have: no parameter can have the name of one."""

# What nn.Module and the generated class define themselves (checked against torch in the tests).
RESERVED = frozenset(
    """NEURONS STATE T_destination add_module apply bfloat16 buffers call_super_init children
    compile cpu cuda double dump_patches eval extra_repr float forward get_buffer
    get_extra_state get_parameter get_submodule half ipu load load_state_dict modules mtia
    named_buffers named_children named_modules named_parameters parameters
    register_backward_hook register_buffer register_forward_hook register_forward_pre_hook
    register_full_backward_hook register_full_backward_pre_hook
    register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module
    register_parameter register_state_dict_post_hook register_state_dict_pre_hook
    requires_grad_ set_extra_state set_submodule share_memory state_dict step time_chunk
    time_steps to to_empty train training type values xpu zero_grad""".split()
)
# What the run time's neurons define themselves (checked against templates in the tests).
_NEURONS = frozenset(
    """called inner joined kernel kernels looped numbers operands path places recur resumed run
    run_joined run_normed run_recurrent spike_value starts states takes terms""".split()
)
# What generated functions call or import (checked against templates/helpers in the tests).
_LOCALS = frozenset(
    """batch_norm batch_norm_once batch_norm_once_per_step batch_norm_per_step call_seed
    check_input check_lengths check_starts check_state delayed_by in_chunks in_range joined
    keep_state kept kernels latency_spikes lengths likely_mistake linear_attention
    masked_readout model nn past_values phase_bits place_neurons poisson population_code
    population_spikes range real_steps resumed_state run_normed run_pooled run_step seed self
    softmax_attention steps_done steps_taken torch uniform whole_readout x""".split()
)
BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_"))
VARIABLES = frozenset(
    BUILTINS
    | _LOCALS
    | {*"NamedTuple Repeat Tensor after answer first last state t time_steps".split()}
)
"""What a generated function may read or give a value besides the network's own values."""

# Packages that generated code imports, and what those import: one of the same name in the current
# folder would hide them (checked against what is installed in the tests).
_PACKAGES = frozenset(
    """absl aedat annotated_doc annotated_types attr attrs audioread build caffe2 certifi cffi
    charset_normalizer click cloudpickle contourpy cuda cupy cupy_backends cupyx cycler dateutil
    decorator distlib expelliarmus fastrlock filelock fontTools fsspec functorch google grpc
    h5py hypothesis idna importRosbag IPython isympy jinja2 joblib kiwisolver lazy_loader
    librosa librt licensing llvmlite loguru lz4 markdown markdown_it markupsafe matplotlib mdurl
    ml_dtypes mpl_toolkits mpmath msgpack mypy mypy_extensions narwhals networkx numba numpy
    nvidia onnx onnxscript opt_einsum packaging pandas PIL pip pkg_resources platformdirs pluggy
    pooch psutil pycparser pydantic pydantic_core pygments pylab pyparsing pytest pytz regex
    requests rich safetensors scipy setuptools shellingham six sklearn snn_runtime snnc
    sortedcontainers soundfile soxr sympy tensorboard tensorboard_data_server tensorflow
    threadpoolctl tonic torch torchaudio torchgen torchvision tqdm triton typer
    typing_extensions typing_inspection tzdata urllib3 werkzeug wheel yaml""".split()
)
# Classes that generated modules import or define beside that of the network.
_CLASSES = frozenset(
    """Any BNTT1d BNTT2d Callable ChannelDropout Data DataError Delay Dropout F False Mapping
    NamedTuple None NormPerStep Path Repeat ScaledNorm Sequence StepChannelDropout StepDropout
    TEBN1d TEBN2d Tensor True VariableDelay WSConv2d""".split()
)


def identifier(name: str) -> str:
    """A name of a layer, a network or a variable. Raises PydanticCustomError."""
    if not _IDENTIFIER.match(name):
        raise odd(name, "is not a name: it starts with a letter; letters, digits and _ follow")
    if len(name) > LONGEST:
        raise _long(name, LONGEST)
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        raise taken(name, "a Python keyword", "is")
    if name in RESERVED:
        raise taken(name, "PyTorch's modules have an attribute of it")
    if name in _LOCALS or name == "t":
        raise taken(name, "generated code uses it")
    return name


def path(name: str) -> str:
    """A path of a layer: ``conv1``, ``layer2.0.conv1``; its parts are names or numbers."""
    for part in name.split(".") if "." in name else ():
        if not part.isdecimal():
            identifier(part)
    return name if "." in name else identifier(name)


def container(name: str) -> str:
    """A name of a block, which becomes a class in model.py. Raises PydanticCustomError."""
    identifier(name)
    if class_name(name) in _CLASSES:
        raise taken(name, f"generated code has another class {class_name(name)}")
    return name


def kind(name: str) -> str:
    """The name of a neuron or a surrogate of the spec's own."""
    identifier(name)
    if name in ("add", "none"):
        raise taken(name, 'a field has a meaning for it, as in `feedback = "add"`')
    return name


def parameter(name: str) -> str:
    """A parameter of a neuron, which may become an attribute of its class."""
    symbol(name)
    if name in FIXED:
        raise taken(name, "every layer has a key of that name")
    if name in RESERVED or name in _NEURONS:
        raise taken(name, "the module of a neuron has an attribute of it")
    if name in BUILTINS:
        raise taken(name, "Python has something of that name, and generated code uses it")
    return state(name)


def state(name: str) -> str:
    """A state of a neuron."""
    symbol(name)
    if name in ("feedback", "merged"):
        raise taken(name, "the feedback of a neuron is called that")
    return name


def symbol(name: str) -> str:
    """A name in equations: an input, a state, a parameter. Raises PydanticCustomError."""
    if not _IDENTIFIER.match(name):
        message = "is not a name for equations: letters, digits and _, starting with a letter"
        raise odd(name, message)
    if keyword.iskeyword(name):
        raise taken(name, "a Python keyword", "is")
    if name == "pi":
        raise taken(name, "in equations it is 3.14159…")
    if len(name) > LONGEST_SYMBOL:
        raise _long(name, LONGEST_SYMBOL)
    return name


def network(name: str) -> str:
    """A name of a whole network, also of its package. Raises PydanticCustomError."""
    identifier(name)
    if name in sys.stdlib_module_names or name in _PACKAGES:
        raise taken(name, "the package would hide a module that generated code needs")
    if class_name(name) in _CLASSES | BUILTINS:
        raise taken(name, f"generated code has another class {class_name(name)}")
    return name


def dotted(name: str) -> str:
    """The name of a package around others: ``lab.models``. Raises PydanticCustomError."""
    parts = name.split(".")
    if max(map(len, parts)) > LONGEST_PART or len(name) > LONGEST_DOTTED:
        raise _bad(f"is too long: {LONGEST_DOTTED} characters, {LONGEST_PART} a part, are the most")
    for part in parts:
        if not part.isidentifier() or not part.isascii() or keyword.iskeyword(part):
            raise _bad("is not the name of a package: identifiers with points between them")
        if part.startswith("__"):
            raise _bad("is not the name of a package: Python keeps names that begin with __")
    if parts[0] in sys.stdlib_module_names or parts[0] in _PACKAGES:
        raise taken(parts[0], "the package would hide a module that generated code needs")
    return name


def runtime_name(name: str) -> str:
    """The place of the runtime: ``beside`` the package, ``inside`` it, or under a dotted name."""
    return name if name in ("beside", "inside", "snn_runtime") else dotted(name)


def class_name(name: str) -> str:
    """``conv_fmnist`` as ``ConvFmnist``."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def is_reference(value: object) -> bool:
    """Whether a value can name something else."""
    return isinstance(value, str) and bool(_REFERENCE.match(value))


def reference(name: str) -> str:
    """A reference: ``conv1``, ``enc1.sn2``, ``hidden@-1``. Raises PydanticCustomError."""
    if not is_reference(name):
        raise _bad("is not the name of a layer", _read_instead(name))
    return name


def _read_instead(name: str) -> str:
    """The reference, or the layer, that was meant."""
    words = re.findall(r"[A-Za-z][\w.]*(?:@-\d+)?", name)
    listed = ", ".join(f'"{word}"' for word in words)
    if len(words) > 1 and re.fullmatch(r"[\w.@ +-]+", name) and "+" in name:
        return f'{{ kind = "Add", from = [{listed}] }} adds them'
    if len(words) > 1 and re.fullmatch(r"[\w.@-]+(\s*[,;|&]\s*|\s+)[\w.@,;|& -]+", name):
        return f"several are an array: `from = [{listed}]`"
    step = re.fullmatch(r"([A-Za-z][\w.]*?)[@[(]*\s*(?:@|t)?\s*([+-]?)\s*(\d{1,9})[\])]*", name)
    if step is None or not re.search(r"[@[(+-]", name):
        return 'names look like `conv1`, `stage1.conv1`; "conv1@-1" is a value one step earlier'
    if step[3] == "0":
        return f'write "{step[1]}"'
    count = "one step" if step[3] == "1" else f"{step[3]} steps"
    ahead = "an edge cannot look ahead: " * (step[2] == "+")
    return f'{ahead}"{step[1]}@-{step[3]}" is its value {count} earlier'


def taken(name: str, why: str, how: str = "is taken:") -> PydanticCustomError:
    """A name that means something else already, and one like it that is free."""
    return _bad(f"{how} {why}", suggestion(name))


def suggestion(name: str) -> str:
    """A name like it."""
    return f"for example `{name}{'_' * name[-1:].isdigit()}1`"


def _long(name: str, most: int) -> PydanticCustomError:
    return _bad(f"is longer than {most} characters", f"for example `{name[:most].rstrip('_')}`")


def odd(name: str, message: str) -> PydanticCustomError:
    plain = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_0123456789")
    return _bad(message, f"for example `{plain}`" if plain else None)


def _bad(message: str, help: str | None = None) -> PydanticCustomError:
    return PydanticCustomError("bad_name", message, {"help": help} if help else None)
