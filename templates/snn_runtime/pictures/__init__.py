"""Pictures of networks and of how they learn.

Each function that draws returns a figure; ``save`` writes it.
"""

from .activity import layer_over_time
from .curves import read_runs, training_curves
from .maps import feature_maps
from .one_neuron import neuron_over_time
from .rates import rates_of_layers
from .recording import Activity, Layer, answered, record
from .runs import newest
from .sample import Sample
from .style import PictureError, save

__all__ = [
    "Activity",
    "Layer",
    "PictureError",
    "Sample",
    "answered",
    "feature_maps",
    "layer_over_time",
    "neuron_over_time",
    "newest",
    "rates_of_layers",
    "read_runs",
    "record",
    "save",
    "training_curves",
]
