"""A spec with every sort of name."""

NAMES = '''\
format = 1
name = "names"
doc = "\U0001f9e0 not $width"
time_steps = 4

[vars]
width = 16  # of "$width"
half = "${width / 2}"

[input]
shape = [1, 8, 8]

[defaults]
Cell = { tau = 3.0 }

[neurons.Adaptive]
parameters = { rate = 2.0, b = "${half / 40}" }
state = { v = 0.0, w = 0.0 }
step = """
h = v + (x - v - w) / rate  # h of v
s = spike(h - 1)
w = w + b * s
v = reset(h, s)
"""
output = "s"

[blocks.Cell]
inputs = ["data"]
required = ["size"]
parameters = { tau = 2.0 }
layers = [
  { kind = "Linear", name = "fc", from = "data", out_features = "$size" },
  { kind = "LIF", name = "sn", tau = "$tau", from = "fc" },
]

[network]
layers = [
  "Flatten",
  { kind = "Cell", name = "cells", size = "$width", repeat = 2 },
  { kind = "Cell", size = "${width + 1}", from = "cells.1.sn" },
  { kind = "Adaptive", name = "mine", rate = 3.0, initial = { w = 0.5 }, from = "cell2@-1" },
  { kind = "Linear", name = "fc", out_features = 10, from = "mine" },
  { kind = "LIF", name = "answer" },
]

[outputs.label]
from = "answer"

[outputs.trace]
from = "mine"
readout = "sequence"
'''
