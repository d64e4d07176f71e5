"""What every training script needs, whatever the network; train.py reads top to bottom.

settings     what a run is told, and how its folder is called
allowed      what each of these may be
options      the command line
start        a new run, or one that goes on
optimizers   optimizer and learning rate, by their names
precision    16-bit products, if asked for
processes    one process, or several under torchrun
batches      which samples make which batch, on which process
ctc          sequences of labels
mapped       samples that stay in files
labels       one a sample, or one a step
targets      labels of every place, several of a sample, or values
own          losses and metrics of one's own
score        loss and metric over the samples seen so far
summary      the line after an epoch
truncated    the gradient ends where a chunk of the steps begins
finite       where numbers are met that are none
average      that of the weights, which is evaluated
groups       parameters by their names
learner      the network, and all that changes while it learns
rates        firing rates while the network learns
checkpoints  sealed when written, and checked when read
files        replaced at once, in a folder that is locked
digests      of data
identity     what makes a network another one
log          metrics.csv, and the folder of a run
loggers      TensorBoard, Weights & Biases, MLflow, and functions
record       settings.toml
interrupts   Ctrl-C between two steps
profile      where the time goes
called       the script as a function, and from the command line
"""

from ..lengths import real_steps
from .batches import Batch, Batches, Split, mixed, seed_all
from .called import Outcome, Where, call, outcome, run
from .checkpoints import BEST, read
from .ctc import ctc, label_errors
from .files import sentence
from .identity import Network, difference, network
from .interrupts import Interrupts, Stopped
from .labels import every_step, only, per_sample, right
from .last_batch import check_last_batch
from .learner import Learner
from .log import begun_log, where
from .options import Options, parse
from .own import own, own_loss, own_metric
from .precision import in_full
from .processes import Team, together
from .profile import profile
from .rates import Recorder, firing_rates, mean_rate
from .score import Clock, Pace, Row, Score, Seen, shown, unseen, watched
from .settings import RunError, Settings, Table
from .start import Start, begin, begin_with, start
from .summary import summary
from .targets import dice_loss, hits, overlaps, squares
from .truncated import ChunkAnswers, chunks, cut

__all__ = [
    "BEST",
    "Batch",
    "Batches",
    "ChunkAnswers",
    "Clock",
    "Interrupts",
    "Learner",
    "Network",
    "Options",
    "Outcome",
    "Pace",
    "Recorder",
    "Row",
    "RunError",
    "Score",
    "Seen",
    "Settings",
    "Split",
    "Start",
    "Stopped",
    "Table",
    "Team",
    "Where",
    "begin",
    "begin_with",
    "begun_log",
    "call",
    "check_last_batch",
    "chunks",
    "ctc",
    "cut",
    "dice_loss",
    "difference",
    "every_step",
    "firing_rates",
    "hits",
    "in_full",
    "label_errors",
    "mean_rate",
    "mixed",
    "network",
    "only",
    "outcome",
    "overlaps",
    "own",
    "own_loss",
    "own_metric",
    "parse",
    "per_sample",
    "profile",
    "read",
    "real_steps",
    "right",
    "run",
    "seed_all",
    "sentence",
    "shown",
    "squares",
    "start",
    "summary",
    "together",
    "unseen",
    "watched",
    "where",
]
