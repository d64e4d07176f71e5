"""Sweeps: many trainings of one spec with other values, kept in a study of Optuna."""
