"""How good answers are: by class, by confidence, and how sure one can be of the accuracy."""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from .answers import Answers

BINS = 15  # of confidence, as in Guo et al.
SURE = 1.959963984540054  # standard deviations on both sides that hold 95 % of a normal


class ClassScore(NamedTuple):
    """One class: how many cases have its label, and how they were answered.

    ``precision`` is None of a class that was never answered, ``recall`` of one without a case.
    """

    name: str
    cases: int
    answered: int
    precision: float | None
    recall: float | None
    f1: float | None


class Bin(NamedTuple):
    """The cases whose confidence is in (low, high]: their mean confidence, and how many are right."""

    low: float
    high: float
    cases: int
    confidence: float
    accuracy: float


def confusion(answers: Answers, classes: int) -> Tensor:
    """How many cases of each label were answered how, [labels, answers]."""
    index = answers.labels * classes + answers.answers
    return torch.bincount(index, minlength=classes**2).view(classes, classes)


def by_class(counts: Tensor, names: tuple[str, ...]) -> list[ClassScore]:
    """Precision, recall and their harmonic mean of each class."""
    rows = zip(
        names,
        counts.sum(1).tolist(),
        counts.sum(0).tolist(),
        counts.diagonal().tolist(),
        strict=True,
    )
    return [class_score(*row) for row in rows]


def class_score(name: str, cases: int, answered: int, right: int) -> ClassScore:
    """One class."""
    f1 = 2 * right / (cases + answered) if cases + answered else None
    return ClassScore(
        name,
        cases,
        answered,
        right / answered if answered else None,
        right / cases if cases else None,
        f1,
    )


def interval(right: int, cases: int) -> tuple[float, float]:
    """The 95 % confidence interval of an accuracy (Wilson, JASA 1927).

    Unlike mean ± deviation, it stays within [0, 1] and is no point where everything is right.
    """
    share, square = right / cases, SURE**2 / cases
    middle = (share + square / 2) / (1 + square)
    half = (
        SURE
        / (1 + square)
        * math.sqrt(share * (1 - share) / cases + square / cases / 4)
    )
    return max(0.0, middle - half), min(1.0, middle + half)


def bins(answers: Answers) -> list[Bin]:
    """The cases by confidence, in equally wide bins; those without a case are left out."""
    at = (answers.confidence * BINS).ceil().clamp(1, BINS).long() - 1
    found = []
    for index in range(BINS):
        chosen = at == index
        cases = int(chosen.sum())
        if cases:
            confidence = float(answers.confidence[chosen].mean())
            right = float(answers.right[chosen].double().mean())
            found.append(
                Bin(index / BINS, (index + 1) / BINS, cases, confidence, right)
            )
    return found


def calibration_error(found: list[Bin]) -> float:
    """The mean distance of confidence and accuracy over all cases (ECE; Guo et al., ICML 2017)."""
    cases = sum(one.cases for one in found)
    return sum(one.cases * abs(one.confidence - one.accuracy) for one in found) / cases
