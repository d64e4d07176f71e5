"""A compiler that proves itself: everything generated, compared with the naive interpreter.

For every schedule, every optional pass left out alone and every backend of the machine: outputs,
all values, gradients and statistics. Needs torch.
"""
