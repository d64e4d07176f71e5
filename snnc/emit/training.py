"""[train] ─▶ train.py, data.py, visualize.py, evaluate.py and runs.py.

The templates see

    output_format  of snnc
    name         the network and the default run folder: "conv_fmnist"
    package      where the package and its runtime are imported from
    modules      imports of the package and the runtime, for each script
    class_name   the network's class: "ConvFmnist"
    shape        of one sample at the network's input: (1, 28, 28)
    time_steps   the spec's T, for sentences only: the code asks the network
    layers       its layers of neurons, each as a call of Layer, for visualize.py
    timed        whether a sample has a time axis
    classes      how many numbers the network says of a sample
    target       the shape of its labels, if these are no classes
    pictured     whether a sample is an image
    label        the class of one sample as an expression, and its type
    train        the section
    ann          the class that is trained, if it is that of an ANN
    answering    the layers of weights that its answers come from
    fixed        whether what is trained can take no other number of steps
    fixed_steps  the same of the network, which may be converted from what is trained
    sweep        what it reads of an image at each step: "columns", "rows" or ""

what ``train_context`` adds for train.py, and the filters ``fit``, which breaks a line of code that
is too long, and ``ordered``, which sorts import statements.
"""

from collections.abc import Mapping, Sequence

from snnc.emit.data import data_context
from snnc.emit.environment import environment
from snnc.emit.header import OUTPUT_FORMAT
from snnc.emit.runtime import Runtime
from snnc.emit.train import train_context
from snnc.sections.train import Train

IMAGE_AXES = 3  # [C, H, W]
FILES = ("train.py", "data.py", "visualize.py", "evaluate.py", "runs.py")


def training_files(
    runtime: Runtime,
    train: Train,
    name: str,
    class_name: str,
    shape: tuple[int, ...],
    time_steps: int,
    timed: bool = False,
    classes: int = 10,
    layers: Sequence[str] = (),
    outputs: Mapping[str, bool] | None = None,
    fixed: bool = False,
    ann: str = "",
    answering: Sequence[str] = (),
    sweep: str = "",
    trained_by: str = "",
    target: tuple[int, ...] = (),
    masked: bool = False,
) -> dict[str, str]:
    """The text of each file, formatted, without the header of generated code.

    ``outputs`` says which outputs have a time axis (default: one, without); ``fixed``: whether the
    network can take no other number of steps; ``answering``: layers that mixed precision leaves.
    """
    ends = outputs or {"output": False}
    told = train_context(train, ann or class_name, ends, time_steps, timed, masked)
    context = {
        "name": name,
        "package": runtime,
        "modules": _imports(runtime, ann, told["answers"]),
        "output_format": OUTPUT_FORMAT,
        "trained_by": trained_by,
        "class_name": class_name,
        "shape": shape,
        "time_steps": time_steps,
        "timed": timed,
        "classes": classes,
        "target": target,
        "label": _label(train, timed),
        "pictured": len(shape) == IMAGE_AXES and not timed,
        "layers": layers,
        "train": train,
        **data_context(train.dataset),
        "labelled": bool(ann) or _labelled(train),
        "fixed": fixed or bool(ann),
        "fixed_steps": fixed,
        "ann": ann,
        "answering": answering,
        "sweep": sweep,
        **told,
    }
    templates = environment()
    return {file: templates.get_template(f"{file}.jinja").render(context) for file in FILES}


def _label(train: Train, timed: bool) -> dict[str, str]:
    """The class of one sample: of its ``label``, which may be one per step or no class."""
    if train.form != "class":
        return {"name": "_", "value": "None", "type": "int | None"}
    if timed and not train.dataset.labels:
        return {"name": "label", "value": "training.only(label)", "type": "int | None"}
    return {"name": "label", "value": "int(label)", "type": "int"}


def _labelled(train: Train) -> bool:
    """Whether a loss or the metric compares with labels."""
    losses = [train.loss] if train.loss else [*train.losses.values()]
    wants = [loss.wants for loss in losses]
    return "labels" in [*wants, train.metric.wants if train.metric else None]


def _imports(package: Runtime, ann: str, answers: Sequence[str]) -> Mapping[str, str]:
    """The imports of the scripts: from the package and from its runtime."""
    return {
        "train": package.script(
            "visualize",
            data=["Data", "DataError", "load"],
            **(
                {"convert": [ann], "model": ["BUILT_FROM"]}
                if ann
                else {"model": ["BUILT_FROM", *answers]}
            ),
            runtime=["training"],
        ),
        "visualize": package.script(
            "model",
            data=["LABELS", "PICTURE", "DataError", "load"],
            runtime=["pictures", "training"],
            runtime_pictures=["Activity", "Layer", "PictureError", "Sample"],
        ),
        "evaluate": package.script(
            *("data", "model", "train", "visualize"),
            runtime=["evaluation", "pictures", "training"],
        ),
        "runs": package.script(runtime=["comparison"]),
    }
