"""Layers: one a file, named as in ``torch.nn`` where PyTorch has them."""
