"""Printers: one kernel as Python over tensors, as C, as CUDA."""
