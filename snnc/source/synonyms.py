"""Words of other libraries and papers that a comparison of spelling would not find."""

from collections.abc import Iterable

_CALLED = {
    "LIF": "leaky leakyintegrateandfire lapicque",
    "IF": "integrateandfire nonleaky",
    "PLIF": "parametriclif parametricleakyintegrateandfire",
    "ALIF": "adaptivelif adaptiveleakyintegrateandfire lsnn adlif",
    "CUBALIF": "synaptic cuba",
    "LI": "leakyintegrator leakyreadout",
    "Linear": "dense fullyconnected",
    "Conv2d": "conv convolution",
    "MaxPool2d": "maxpool maxpooling",
    "AvgPool2d": "avgpool averagepool",
    "AdaptiveAvgPool2d": "globalaveragepool globalavgpool gap",
    "BatchNorm2d": "batchnorm batchnormalization batchnormalisation bn",
    "Concat": "cat concatenate stack",
    "Add": "sum plus residual",
    "ATan": "arctan",
    "StraightThrough": "ste",
    "PiecewiseQuadratic": "triangle triangular",
    "Rect": "boxcar rectangle rectangular",
    "poisson": "rate bernoulli",
    "direct": "constant current static",
    "latency": "ttfs timetofirstspike",
    "mean": "rate avg average",
    "sum": "count spikecount",
    "sequence": "all none",
    "cross_entropy": "ce nll nllloss logloss",
    "mse": "meansquarederror l2",
    "soft": "subtract subtraction minus",
    "hard": "zero tozero",
    "fold": "fused parallel multistep",
    "step": "loop singlestep",
    "time_steps": "t numsteps nsteps",
    "network": "layers",
    "from": "input inputs source",
    "out_features": "units outputs",
    "out_channels": "filters",
    "lr": "learningrate",
    "tau": "beta alpha decay leak",
    "v_threshold": "thresh",
    "alpha": "slope scale beta",
    "learnable": "requiresgrad",
    "value": "init initial default",
    "spike": "heaviside step fire surrogate",
    "log": "ln",
    "clip": "clamp",
}


def meant(folded: str, known: Iterable[str]) -> str | None:
    """Which of the known words is called ``folded`` (in small letters, without ``_``) elsewhere."""
    return next((word for word in known if folded in _CALLED.get(word, "").split()), None)
