"""Everything that is known of a network at one number of time steps."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..measures import Operations, energy
from ..page import Row
from .answers import Answers
from .scores import Bin, bins, by_class, calibration_error, confusion, interval


@dataclass(frozen=True)
class Result:
    """Loss and metric over samples, the answers, and the operations of some of them."""

    time_steps: int
    samples: int
    numbers: Mapping[str, float]  # loss and metric by their names
    answers: Answers | None
    done: Operations
    probabilities: bool

    @property
    def counted(self) -> int:
        """Samples whose operations were counted."""
        return len(self.done.total_spikes) if self.done.spikes else 0

    @property
    def interval(self) -> tuple[float, float] | None:
        """Of the accuracy; None if steps of one sample count, which depend on each other."""
        if self.answers is None or self.answers.steps > 1:
            return None
        return interval(int(self.answers.right.sum()), len(self.answers))

    @property
    def bins(self) -> list[Bin]:
        """The cases by confidence; none if the answers are no probabilities."""
        return (
            bins(self.answers)
            if self.answers is not None and self.probabilities
            else []
        )

    @property
    def row(self) -> dict[str, float | int | None]:
        """The numbers of a table with a row for each number of time steps."""
        low, high = self.interval or (None, None)
        spikes = float(self.done.total_spikes.mean()) if self.done.spikes else 0.0
        added = float(self.done.total_additions.mean()) if self.done.additions else 0.0
        macs = self.done.total_macs
        return {
            "time_steps": self.time_steps,
            "samples": self.samples,
            **self.numbers,
            "low": low,
            "high": high,
            "calibration_error": calibration_error(self.bins) if self.bins else None,
            "spikes": spikes,
            "synaptic_operations": added,
            "macs": macs,
            "energy_nJ": energy(macs, added) / 1e3,
        }

    def classes(
        self, names: tuple[str, ...]
    ) -> tuple[list[list[int]], list[dict[str, object]]]:
        """The confusion matrix, and the scores of each class; both are empty without classes."""
        if self.answers is None:
            return [], []
        counts = confusion(self.answers, len(names))
        found: list[list[int]] = counts.tolist()
        return found, [one._asdict() for one in by_class(counts, names)]

    def layers(self, rows: Sequence[Row]) -> Iterator[dict[str, object]]:
        """Spikes of each layer of neurons, and operations of each layer of weights, a sample."""
        done = self.done
        for row in rows:
            told: dict[str, object] = {"time_steps": self.time_steps, "layer": row.name}
            told["kind"] = row.kind
            blank = dict.fromkeys(
                ("neurons", "rate", "spikes", "synaptic_operations", "macs")
            )
            if row.name in done.spikes:
                fired = float(done.spikes[row.name].mean())
                neurons, rate = done.neurons[row.name], done.rate(row.name)
                found = {"neurons": neurons, "rate": rate, "spikes": fired}
                yield {**told, **blank, **found, "energy_nJ": None}
            elif row.drive:
                added, macs = done.additions.get(row.name), done.macs.get(row.name)
                mean = None if added is None else float(added.mean())
                cost = energy(macs or 0.0, mean or 0.0) / 1e3
                work = {"synaptic_operations": mean, "macs": macs}
                yield {**told, **blank, **work, "energy_nJ": cost}

    def each(self, names: tuple[str, ...]) -> Iterator[dict[str, object]]:
        """What is known of each sample: how it was answered, and what it cost."""
        for index in range(self.samples):
            told: dict[str, object] = {"time_steps": self.time_steps, "sample": index}
            if self.answers is not None and self.answers.steps == 1:
                label, answer = (
                    int(t[index]) for t in (self.answers.labels, self.answers.answers)
                )
                told |= {"label": names[label], "answer": names[answer]}
                told["confidence"] = float(self.answers.confidence[index])
            if index < self.counted:
                added = self.done.total_additions if self.done.additions else None
                told["spikes"] = float(self.done.total_spikes[index])
                told["synaptic_operations"] = (
                    0.0 if added is None else float(added[index])
                )
            yield told
