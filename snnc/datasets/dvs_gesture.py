"""DVSGesture."""

from typing import Literal

from snnc.datasets._event_camera import EventCamera


class DVSGesture(EventCamera):
    """DVS128 Gesture: recordings of eleven gestures of hands and arms by an event camera.

    A recording has 128 x 128 pixels of two polarities and takes about six seconds (Amir et al., A
    low power, fully event-based gesture recognition system, CVPR 2017). The files are those of
    tonic's archive, one per gesture: DVSGesture/ibmGestureTrain/user01_fluorescent/0.npy and so on.
    """

    kind: Literal["DVSGesture"] = "DVSGesture"

    mirrors = False
    title = "DVS128 Gesture"
    shape = (2, 128, 128)
    labels = (
        "hand clapping",
        "right hand wave",
        "left hand wave",
        "right arm clockwise",
        "right arm counter-clockwise",
        "left arm clockwise",
        "left arm counter-clockwise",
        "arm roll",
        "air drums",
        "air guitar",
        "other gestures",
    )
    folders = ("ibmGestureTrain", "ibmGestureTest")
    pattern = "user*/*.npy"
    label = "int(paths[i].stem)"
    reader = '''\
def events(recording: Recording) -> tuple[Array, Address]:
    """When events are, in milliseconds, and their polarities, rows and columns."""
    x, y, polarity, milliseconds = np.load(recording.path).astype(np.int64).T
    return milliseconds, (polarity, y, x)
'''
