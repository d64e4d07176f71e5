"""The base of datasets of user-defined arrays."""

from string import Template

from snnc.datasets._pictures import Pictures
from snnc.sizes import Positive
from snnc.step.bounds import ANYTHING, Bounds

LONGEST = 64
"""Of a path or a function: its line in generated code fits."""


class Arrays(Pictures):
    """Samples x in the shape of the network's input and labels y, to train and to test."""

    shape = None
    labels = None
    timed = None

    white: Positive = 1

    @property
    def scale(self) -> int | None:
        return self.white if self.white > 1 else None

    @property
    def bounds(self) -> Bounds:
        return ANYTHING

    def filled(self, text: str, timed: bool, **words: str) -> str:
        """A piece of data.py; ``$steps`` and ``$parameter`` hand on the number of steps."""
        steps, parameter = (", time_steps", ", time_steps: int") if timed else ("", "")
        want = "(time_steps, *SHAPE)" if timed else "SHAPE"
        form = "[N] or [N, T]" if timed else "[N]"
        forms = "samples.shape[:1], samples.shape[:2]" if timed else "[samples.shape[:1]]"
        return Template(f"{_CHECKED}\n\n{text}").substitute(
            steps=steps, parameter=parameter, want=want, form=form, forms=forms, **words
        )


_CHECKED = '''\
def checked(samples: Tensor, labels: Tensor$parameter) -> Split:
    """A split, if the network can take its samples and their labels $form."""
    found, sizes = tuple(samples.shape[1:]), tuple(labels.shape)
    if found != $want or len(samples) == 0:
        raise DataError(f"A sample of x is {found} instead of {$want}.")
    allowed = $forms
    if sizes not in allowed or labels.is_floating_point():
        problem = f"{len(samples)} samples, but y is {sizes} of {labels.dtype}"
        raise DataError(f"There are {problem}: labels are integers $form.")
    labels = labels.long()
    wrong = labels[(labels < 0) | (labels >= len(LABELS))]
    if len(wrong):
        raise DataError(f"There is a label {wrong[0]}: labels are below {len(LABELS)}.")
    return Split(samples, labels)
'''
