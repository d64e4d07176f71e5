"""The network as a graph: its types, how it is built, and every shape."""
