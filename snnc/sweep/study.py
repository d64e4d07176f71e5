"""A study of Optuna whose trials are planned, shared by all processes that work on it."""

import os
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.trial import FrozenTrial, Trial, TrialState
from sqlalchemy.exc import IntegrityError, OperationalError

from snnc.sweep.vary import Choices, Value, Varied, planned

_PATIENCE = 300  # seconds without a sign of life, of a worker on another machine
_ATTEMPTS = 10  # to make a database
PLAN, READY = "snnc", "planned"


class OtherSweep(Exception):
    """A study varies something else; the message is a sentence."""


@dataclass(frozen=True)
class Plan:
    """The trials of a study: ``whole``: all combinations; ``tpe``: Optuna chooses as it learns."""

    varied: tuple[Varied, ...]
    trials: int
    seed: int
    whole: bool
    tpe: bool
    prunes: bool
    higher: bool

    @property
    def about(self) -> str:
        """The parts of a plan that cannot change while a study lasts."""
        kept = (self.varied, self.seed, self.whole, self.tpe, self.higher)
        return repr(kept)

    @property
    def distributions(self) -> dict[str, BaseDistribution]:
        """The keys as Optuna knows them."""
        return {one.key: _distribution(one) for one in self.varied}


def _distribution(varied: Varied) -> BaseDistribution:
    if isinstance(varied, Choices):
        return CategoricalDistribution(varied.values)
    if varied.whole:
        return IntDistribution(int(varied.low), int(varied.high), log=varied.log)
    return FloatDistribution(varied.low, varied.high, log=varied.log)


def _opened(**told: Any) -> optuna.Study:
    """The study, also where several processes make its database at the same moment."""
    for _ in range(_ATTEMPTS):
        try:
            return optuna.create_study(**told)
        except (IntegrityError, OperationalError):
            time.sleep(0.5)
    return optuna.create_study(**told)


class Study:
    """The study ``name`` in a database, made if it is not there. Raises OtherSweep."""

    def __init__(self, url: str, name: str, plan: Plan) -> None:
        self.plan = plan
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        samplers, pruners = optuna.samplers, optuna.pruners
        sampler: optuna.samplers.BaseSampler = samplers.RandomSampler(seed=plan.seed)
        if plan.tpe:
            sampler = samplers.TPESampler(seed=plan.seed, constant_liar=True)
        median = pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=1)
        self.study = _opened(
            storage=url,
            study_name=name,
            load_if_exists=True,
            direction="maximize" if plan.higher else "minimize",
            sampler=sampler,
            pruner=median if plan.prunes else pruners.NopPruner(),
        )
        self._check(name)

    def _check(self, name: str) -> None:
        """The study is of this plan; whoever made it plans its trials, others wait for that."""
        kept = self.study.user_attrs.get(PLAN)
        if kept not in (None, self.plan.about):
            raise OtherSweep(
                f"the study {name!r} varies other values or has another seed: give this one "
                "another --study, or the --vary and --seed of that one"
            )
        if kept is None:
            self.study.set_user_attr(PLAN, self.plan.about)
            self._enqueue()
            self.study.set_user_attr(READY, value=True)
        end = time.time() + _PATIENCE / 10
        while READY not in self.study.user_attrs and time.time() < end:
            time.sleep(0.2)
        self._enqueue()

    @property
    def trials(self) -> list[FrozenTrial]:
        """All trials but those that failed, in order."""
        return [t for t in self.study.get_trials(deepcopy=False) if t.state != TrialState.FAIL]

    def taken(self) -> Iterator[tuple[Trial, dict[str, Value]]]:
        """Trials to train, one after the other, until none is left for this process."""
        while True:
            self._revive()
            waiting = any(t.state == TrialState.WAITING for t in self.trials)
            if not waiting and (not self.plan.tpe or len(self.trials) >= self.plan.trials):
                return
            trial = self.study.ask(self.plan.distributions)
            if self._double(trial):
                self.study.tell(trial, state=TrialState.FAIL)
                continue
            trial.set_user_attr("worker", _worker())
            self.alive(trial)
            yield trial, dict(trial.params)

    def _double(self, trial: Trial) -> bool:
        """Whether two processes, started at once, both planned a trial; the first one counts."""
        planned = trial.user_attrs.get("planned")
        same = (t.number for t in self.trials if t.user_attrs.get("planned") == planned)
        return planned is not None and min(same, default=trial.number) < trial.number

    def _enqueue(self) -> None:
        """The planned trials that are not there, or failed when another command took them."""
        if self.plan.tpe:
            return
        have = {t.user_attrs.get("planned") for t in self.trials}
        for number in range(self.plan.trials):
            if number not in have:
                values = planned(self.plan.varied, number, self.plan.seed, self.plan.whole)
                self.study.enqueue_trial(values, user_attrs={"planned": number})

    def _revive(self) -> None:
        """Lets trials whose process is gone wait again."""
        for trial in self.trials:
            if trial.state == TrialState.RUNNING and not _lives(trial.user_attrs):
                self._set(trial, TrialState.WAITING)

    def _set(self, trial: FrozenTrial, state: TrialState) -> None:
        storage = self.study._storage  # Optuna's own way to hand a trial back
        storage.set_trial_state_values(trial._trial_id, state)

    def release(self, trial: Trial) -> None:
        """Hands a trial back that was broken off: whoever goes on takes it first."""
        self._set(self.study.trials[trial.number], TrialState.WAITING)

    def alive(self, trial: Trial) -> None:
        """Says that somebody works on a trial."""
        trial.set_user_attr("alive", time.time())

    def told(self, trial: Trial, epoch: int, value: float) -> bool:
        """Notes the measure after an epoch; whether the trial goes on."""
        self.alive(trial)
        known = self.study.trials[trial.number].intermediate_values
        if epoch not in known:
            trial.report(value, epoch)
        return not trial.should_prune()


def _worker() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def _lives(about: Mapping[str, Any]) -> bool:
    """Whether the process that took a trial may still work on it."""
    host, _, process = str(about.get("worker", "")).rpartition(":")
    if host == socket.gethostname():
        return _runs(int(process))
    return time.time() - float(about.get("alive", 0.0)) < _PATIENCE


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def finished(trials: Sequence[FrozenTrial]) -> list[FrozenTrial]:
    """The trials that came to an end, pruned ones included."""
    return [t for t in trials if t.state in (TrialState.COMPLETE, TrialState.PRUNED)]
