"""NMNIST."""

from typing import Literal

from snnc.datasets._event_camera import EventCamera


class NMNIST(EventCamera):
    """N-MNIST: the 70,000 digits of MNIST, recorded by an event camera in three saccades.

    A recording has 34 x 34 pixels of two polarities and takes a third of a second (Orchard,
    Jayawant, Cohen and Thakor, Converting static image datasets to spiking neuromorphic datasets
    using saccades, Frontiers in Neuroscience, 2015). tonic reads the files,
    NMNIST/Train/0/00002.bin and so on.
    """

    kind: Literal["NMNIST"] = "NMNIST"

    mirrors = False
    title = "N-MNIST"
    shape = (2, 34, 34)
    labels = tuple("0123456789")
    folders = ("Train", "Test")
    pattern = "[0-9]/*.bin"
    label = "int(paths[i].parent.name)"
    reader = '''\
def events(recording: Recording) -> tuple[Array, Address]:
    """When events are, in milliseconds, and their polarities, rows and columns."""
    try:
        from tonic.io import read_mnist_file  # type: ignore[import-untyped, unused-ignore]
    except ImportError as error:
        raise DataError("tonic reads N-MNIST: pip install tonic") from error
    fields = np.dtype([("x", int), ("y", int), ("t", int), ("p", int)])
    read = read_mnist_file(str(recording.path), fields)
    return read["t"] / 1000, (read["p"], read["y"], read["x"])
'''
