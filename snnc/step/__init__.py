"""The step language: one time step of a neuron as straight-line equations over scalars."""
