"""The base of datasets of user-defined arrays."""

from string import Template
from typing import Literal

from pydantic_core import PydanticCustomError

from snnc.datasets._pictures import Pictures
from snnc.labels import Form
from snnc.shapes import Shape, ShapeError
from snnc.sizes import Positive
from snnc.step.bounds import ANYTHING, Bounds

LONGEST = 64
"""Of a path or a function: its line in generated code fits."""


def printable_path(text: str) -> str:
    """A path that generated code can hold as it is. Raises PydanticCustomError."""
    if not text.isprintable() or not 0 < len(text) <= LONGEST or '"' in text or "\\" in text:
        message = f"is not an allowed path: at most {LONGEST} characters, no quotes, no backslashes"
        raise PydanticCustomError("bad_name", message)
    return text


class Arrays(Pictures):
    """Samples x in the shape of the network's input and labels y, to train and to test.

    ``labels_per`` states whether there is one label per sample or per time step, so that the linter
    can compare it with the loss; without it the training script finds out. With ``lengths``, the
    data also say how many time steps of each sample are real; the others are padding.
    """

    shape = None
    labels = None
    timed = None
    formed = True

    white: Positive = 1
    labels_per: Literal["sample", "step"] | None = None
    lengths: bool | None = None

    @property
    def padded(self) -> bool:
        return bool(self.lengths)

    @property
    def each_step(self) -> bool:
        return self.labels_per == "step"

    @property
    def scale(self) -> int | None:
        return self.white if self.white > 1 else None

    @property
    def bounds(self) -> Bounds:
        return ANYTHING

    def check(self, shape: Shape, timed: bool) -> None:
        super().check(shape, timed)
        if self.each_step and not timed:
            message = "one label per time step needs samples with a time axis"
            raise ShapeError(message, "dataset", 'write `encoder = "none"` in [input]')
        if self.lengths and not timed:
            message = "lengths of samples need samples with a time axis"
            raise ShapeError(message, "dataset", 'write `encoder = "none"` in [input]')

    def source(self, timed: bool) -> str:
        return self.source_of(timed, "class")

    def filled(self, text: str, timed: bool, form: Form, **words: str) -> str:
        """A piece of data.py behind what checks its splits.

        ``$steps`` and ``$parameter`` hand on the number of steps; labels of a form other than
        "class" have the shape TARGET for a sample.
        """
        steps, parameter = (", time_steps", ", time_steps: int") if timed else ("", "")
        want = "(time_steps, *SHAPE)" if timed else "SHAPE"
        told, judged = self._classes(timed) if form == "class" else _numbers(form)
        stored = "Mapped" if self.mapped else "Tensor"
        head = f"def checked(samples: {stored}, labels: Tensor | None{parameter}) -> Split:"
        words |= {"head": _HEAD.replace("STORED", stored) if self.lengths else head}
        words |= {"lengths": _LENGTHS * self.padded, "more": ", lengths" * self.padded}
        checks = _CHECKED if self.mapped else f"{_TENSOR}{_CHECKED}"
        return Template(f"{checks}\n\n{text}").substitute(
            steps=steps, parameter=parameter, want=want, told=told, judged=judged, **words
        )

    def _classes(self, timed: bool) -> tuple[str, str]:
        """The shape of labels that are classes, in words; and the statements that check them."""
        sizes = {"[N]": "samples.shape[:1]", "[N, T]": "samples.shape[:2]"}
        either = ["[N]", "[N, T]"] if timed else ["[N]"]
        allowed = {"sample": ["[N]"], "step": ["[N, T]"]}.get(self.labels_per or "", either)
        told, forms = " or ".join(allowed), ", ".join(sizes[each] for each in allowed)
        forms = forms if len(allowed) > 1 else f"[{forms}]"
        return told, Template(_CLASSES).substitute(told=told, forms=forms)


def _numbers(form: Form) -> tuple[str, str]:
    """The same for labels that have the shape TARGET."""
    if form == "sequence":
        return "[N, L]", _SEQUENCE.replace("$told", "[N, L]")
    return "[N, *TARGET]", f"{_SIZED}{_JUDGED[form]}"


_TENSOR = '''\
def tensor(array: object, name: str) -> Tensor:
    """An array of any kind of numbers, in any layout, as a tensor."""
    if isinstance(array, Tensor):
        return array.detach().cpu()
    try:
        found = np.asarray(array)
    except ValueError as error:
        raise DataError(f"{name} is no array: {error}.") from error
    if found.dtype.kind not in "biuf":
        how = "numpy.unique(y, return_inverse=True)[1] numbers classes"
        raise DataError(f"{name} holds {found.dtype}, not numbers: {how}.")
    wide = {"u": np.int64, "f": np.float64}.get(found.dtype.kind, found.dtype)
    usual = found.dtype.newbyteorder("=") in (np.uint8, np.float16, np.float32)
    kept = found.dtype.newbyteorder("=") if usual or found.dtype.kind in "bi" else wide
    return torch.from_numpy(np.require(found, kept, ["C", "W"]))


'''
_CHECKED = '''\
$head
    """A split, if the network can take its samples and their labels $told."""
    found = tuple(samples.shape[1:])
    if found != $want or samples.dim() == 0:
        raise DataError(f"A sample of x is {found} instead of {$want}.")
    if len(samples) == 0:
        raise DataError("There are no samples: x_train and x_test need one at least.")
$lengths    if labels is None:
        return Split(samples, torch.zeros(len(samples), dtype=torch.long)$more)
$judged    return Split(samples, labels$more)
'''

_CLASSES = """\
    sizes = tuple(labels.shape)
    allowed = $forms
    whole = not labels.is_floating_point() or bool((labels == labels.round()).all())
    if sizes not in allowed or not whole:
        problem = f"{len(samples)} samples, but y is {sizes} of {labels.dtype}"
        raise DataError(f"There are {problem}: labels are integers $told.")
    labels = labels.long()
    wrong = labels[(labels < 0) | (labels >= len(LABELS))]
    if len(wrong):
        raise DataError(f"There is a label {wrong[0]}: labels are below {len(LABELS)}.")
"""


_HEAD = """\
def checked(
    samples: STORED, labels: Tensor | None, lengths: Tensor, time_steps: int
) -> Split:"""
_LENGTHS = """\
    if tuple(lengths.shape) != (len(samples),) or lengths.is_floating_point():
        raise DataError(f"lengths are {tuple(lengths.shape)}: write one a sample.")
    lengths = lengths.long()
    if bool(((lengths < 1) | (lengths > time_steps)).any()):
        raise DataError(f"A sample has 1 to {time_steps} steps: a length is another.")
"""
_SIZED = """\
    sizes, want = tuple(labels.shape), (len(samples), *TARGET)
    if sizes != want and (sizes, TARGET) != ((len(samples),), (1,)):
        raise DataError(f"y is {sizes}: {len(samples)} samples need labels {want}.")
    labels = labels.reshape(want)
"""
_MAP = """\
    if labels.is_floating_point() and bool((labels != labels.round()).any()):
        raise DataError(f"y is of {labels.dtype}: labels of places are integers.")
    labels = labels.long()
    wrong = labels[(labels < 0) | (labels >= len(LABELS))]
    if len(wrong):
        raise DataError(f"There is a label {wrong[0]}: labels are below {len(LABELS)}.")
"""
_VALUES = """\
    labels = labels.float()
    if not bool(labels.isfinite().all()):
        raise DataError("y holds NaN or infinite numbers.")
"""
_SEVERAL = """\
    labels = labels.float()
    if not bool(((labels >= 0) & (labels <= 1)).all()):
        raise DataError("y holds other numbers than those from 0 to 1.")
"""
_SEQUENCE = """\
    whole = not labels.is_floating_point() or bool((labels == labels.round()).all())
    if labels.dim() != 2 or len(labels) != len(samples) or not whole:
        raise DataError(f"y is {tuple(labels.shape)}: labels are integers $told.")
    labels = labels.long()
    behind = (labels[:, 1:] >= 0) & (labels[:, :-1] < 0)
    if bool(((labels < -1) | (labels >= len(LABELS))).any() | behind.any()):
        low = "behind the last of a sample -1 stands"
        raise DataError(f"Labels are below {len(LABELS)}, and {low}.")
"""
_JUDGED: dict[Form, str] = {"map": _MAP, "several": _SEVERAL, "values": _VALUES}
