"""What every evaluation script needs, whatever the network.

options   the command line
subject   what a package's script tells of its network
weights   which run or file is evaluated, and its network
answers   what a network answered, sample by sample
scores    accuracy by class, confusion, calibration, confidence interval
results   everything at one number of time steps
bench     the network, run over a split
files     CSV and JSON
pages     report.html
carrying  the evaluation itself, from the command line to the files
"""

from .carrying import main
from .subject import Drawn, Subject

__all__ = ["Drawn", "Subject", "main"]
