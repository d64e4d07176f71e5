"""Sentences on the keys that many kinds have; a kind's own docstring comes first."""

import re
from collections.abc import Mapping

_INPUT = "The channels of the input. They follow from the input; what is stated is checked."

KEYS: Mapping[str, str] = {
    "affine": "Whether each channel has a learned scale and shift.",
    "alpha": "The steepness of the slope.",
    "augment": "Random changes of each training sample, in order.",
    "batch_size": "Samples of a batch; of all processes together.",
    "bias": "Whether a learned bias is added.",
    "bias_init": "How the bias begins; by default as in PyTorch.",
    "ceil_mode": "Whether a window that is cut off at the border counts.",
    "count_include_pad": "Whether the zeros of the padding count in the mean.",
    "decay_input": "Whether the input is divided by `tau` too.",
    "detach_reset": "Whether the backward pass leaves out the path through the reset.",
    "dilation": "The distance between the points of the kernel.",
    "doc": "A description. It becomes the docstring of the generated class.",
    "duration": "Microseconds of a recording that are read.",
    "epochs": "Passes over the training data.",
    "ema": "The decay of an average of the weights, which is evaluated and kept.",
    "eps": "A small number that keeps a division finite.",
    "frames": "The number of frames that the events of a sample are added up in.",
    "fires": "Whether the neuron fires at its threshold too, or only above it.",
    "frozen": "Patterns of the names of parameters that are not trained.",
    "from": "The layer or layers that this one reads, in place of the layer above.",
    "gain": "A factor of the standard deviation.",
    "groups": "The number of groups of channels that are convolved apart.",
    "in_channels": _INPUT,
    "initial": "The states before the first time step, by name.",
    "kernel_size": "The size of the kernel or window; one number, or one an axis.",
    "kind": "The kind.",
    "lengths": "Whether the data say how many time steps of a sample are no padding.",
    "lr": "The learning rate.",
    "mask": "How often a mask is drawn: once a sequence or at each time step.",
    "masked": "Whether steps behind the length of a sample are left out.",
    "momentum": "The share of the new value in a running mean; of an optimizer, of the old step.",
    "name": "The name of the layer: its key in a `state_dict` and in `from`.",
    "normalize": "The mean and standard deviation that data is normalised by, per channel.",
    "num_features": _INPUT,
    "out_channels": "The channels of the output.",
    "output_size": "The size of the output; one number, or one an axis.",
    "over": "Whether the readout or every time step is compared with the label.",
    "p": "The probability.",
    "padding": "The zeros around the input; one number, or one an axis.",
    "padding_mode": "What the border is filled with.",
    "parameters": "The parameters with their defaults, by name.",
    "reset": "What a spike does to the potential: hard sets it to `v_reset`, soft subtracts.",
    "stats": "Whether statistics are of the whole sequence or of each time step.",
    "stride": "The distance between windows; one number, or one an axis.",
    "surrogate": "The slope that the backward pass takes for that of a spike.",
    "tau": "The time constant in time steps.",
    "truncate": "The time steps that the gradient goes back through.",
    "v_reset": "The potential after a hard reset.",
    "v_threshold": "The potential at which the neuron fires.",
    "validation": "The share of the training data that is kept for validation.",
    "warmup_epochs": "The epochs in which the learning rate rises to its value.",
    "weight": "The factor of this term.",
    "weight_decay": "The share of a weight that each step takes away, times the learning rate.",
    "weight_init": "How the weights begin; by default as in PyTorch.",
    "white": "The number that stands for 1 in stored samples.",
}


def sentence(doc: str, key: str) -> str:
    """The sentence of a docstring that names a key; else the usual one, if there is any."""
    text = " ".join(doc.split())
    own = (part for part in re.split(r"(?<=\.)\s", text) if f"`{key}`" in part)
    return next(own, KEYS.get(key, ""))
