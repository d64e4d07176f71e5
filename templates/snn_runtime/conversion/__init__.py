"""What every conversion of an ANN into an SNN needs, whatever the network.

settings     what a conversion is told, and the command line
folding      batch normalisations into weights
ranks        the value of a given rank among any number of values
rules        how thresholds come out of activations
calibration  the thresholds of all neurons, from samples
transfer     the ANN's numbers into the SNN
correction   biases or initial potentials by what the SNN gets wrong
evaluation   accuracy at every step
activity     spikes, operations, and how far rates are from activations
report       Markdown, CSV and a picture
pages        the same as one page
staircase    the rate of one neuron against its input
"""

from .activity import Layer, activity
from .calibration import thresholds
from .correction import correct
from .evaluation import accuracies, accuracy
from .folding import Fold, folded
from .pages import publish
from .report import Result, save, vacant, write
from .rules import Balance, Fraction, Mmse, Percentile, Rule, Target, rule_of
from .settings import Options, Settings, parse
from .staircase import draw
from .transfer import Activation, WeightsError, read, trained, transfer

__all__ = [
    "Activation",
    "Balance",
    "Fold",
    "Fraction",
    "Layer",
    "Mmse",
    "Options",
    "Percentile",
    "Result",
    "Rule",
    "Settings",
    "Target",
    "WeightsError",
    "accuracies",
    "accuracy",
    "activity",
    "correct",
    "draw",
    "folded",
    "parse",
    "publish",
    "read",
    "rule_of",
    "save",
    "thresholds",
    "trained",
    "transfer",
    "vacant",
    "write",
]
