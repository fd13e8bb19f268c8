"""The keys of a run, which stand in `[[runs]]` or at the top of a description, and what they mean together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from gdviz.descent.optimizer import MEANINGS, RANGES, Optimizer
from gdviz.descent.optimizers import GRADIENT_DESCENT, OPTIMIZERS, optimizer
from gdviz.descent.schedules import CONSTANT, SCHEDULES, Schedule, schedule
from gdviz.description.data_files import as_text, place_of_file
from gdviz.description.limits import MAX_COORDINATE, MAX_ITERATIONS, MAX_PATH
from gdviz.description.tables import Number, OneOf, Table, WholeNumber, no_truth, refusal, single_line
from gdviz.errors import InputError, quoted, shorten
from gdviz.landscapes.suffixes import suffix_of
from gdviz.letters import is_seen

MAX_LABEL = 80  # characters
RATE_KEYS = ("learning_rate", "schedule", "warmup")  # which optimizers that find their steps themselves do not have


def _canonical_name(value: str) -> str:
    try:
        return optimizer(value).name
    except InputError as error:
        raise refusal(str(error)) from error


OptimizerName = Annotated[str, AfterValidator(_canonical_name), OneOf(tuple(OPTIMIZERS))]


class ScheduleKeys(Table):
    """How the learning rate changes from step to step."""

    name: Annotated[str, OneOf(tuple(SCHEDULES))] = Field(
        CONSTANT.name, description="How the learning rate changes from step to step."
    )
    factor: Number | None = Field(None, description="What it is multiplied by, each step or each so many.")
    every: WholeNumber | None = Field(None, description="Of 'step': how many steps pass until the next factor.")
    length: WholeNumber | None = Field(None, description="Of 'cosine': how many steps it takes to fall.")
    floor: Number | None = Field(None, description="Of 'cosine': the share of the rate that it falls to.")
    decay: Number | None = Field(None, description="Of 'inverse-time': the rate is divided by 1 + decay * steps.")

    @property
    def parameters(self) -> Mapping[str, float]:
        """The parameters that are given."""
        return MappingProxyType(self.model_dump(exclude={"name"}, exclude_none=True))

    @model_validator(mode="after")
    def _is_a_schedule(self) -> Self:
        try:
            schedule(self.name, self.parameters)
        except InputError as error:
            raise refusal(str(error)) from error
        return self


def _named(value: object) -> object:
    """Return the table that a schedule's name alone means."""
    if value is not None and not isinstance(value, str | Mapping | ScheduleKeys):
        raise refusal(f"must be the name of a schedule, or a table with its name and parameters, not {quoted(value)}")
    return {"name": value} if isinstance(value, str) else value


class RunKeys(Table, defer_build=True):
    """What each run may say for itself, and the description for all runs."""

    optimizer: OptimizerName | None = Field(None, description="The rule that makes a step of a gradient; gd if absent.")
    learning_rate: Number | None = Field(
        None,
        description="The share of the gradient that a step takes; tuned if absent, or for gd alone the function's own.",
    )
    schedule: Annotated[ScheduleKeys, BeforeValidator(_named, json_schema_input_type=ScheduleKeys | str)] | None = (
        Field(None, description="How the learning rate changes from step to step; it does not if absent.")
    )
    warmup: Annotated[int, Field(ge=0, le=MAX_ITERATIONS), BeforeValidator(no_truth)] | None = Field(
        None, description="Steps in which the learning rate grows to its full size; 0 if absent."
    )
    noise: Annotated[float, Field(ge=0, le=MAX_COORDINATE), BeforeValidator(no_truth)] | None = Field(
        None, description="The standard deviation of noise in the gradient; 0 if absent."
    )
    momentum: Number | None = Field(None, description=MEANINGS["momentum"])
    beta1: Number | None = Field(None, description=MEANINGS["beta1"])
    beta2: Number | None = Field(None, description=MEANINGS["beta2"])
    beta3: Number | None = Field(None, description=MEANINGS["beta3"])
    alpha: Number | None = Field(None, description=MEANINGS["alpha"])
    rho: Number | None = Field(None, description=MEANINGS["rho"])
    eps: Number | None = Field(None, description=MEANINGS["eps"])
    eps_root: Number | None = Field(None, description=MEANINGS["eps_root"])
    weight_decay: Number | None = Field(None, description=MEANINGS["weight_decay"])
    momentum_decay: Number | None = Field(None, description=MEANINGS["momentum_decay"])
    etaminus: Number | None = Field(None, description=MEANINGS["etaminus"])
    etaplus: Number | None = Field(None, description=MEANINGS["etaplus"])
    step_min: Number | None = Field(None, description=MEANINGS["step_min"])
    step_max: Number | None = Field(None, description=MEANINGS["step_max"])
    delta: Number | None = Field(None, description=MEANINGS["delta"])
    c: Number | None = Field(None, description=MEANINGS["c"])
    beta: Number | None = Field(None, description=MEANINGS["beta"])
    t0: Number | None = Field(None, description=MEANINGS["t0"])
    f_star: Number | None = Field(None, description=MEANINGS["f_star"])

    @field_validator("learning_rate")
    @classmethod
    def _positive_rate(cls, value: float | None) -> float | None:
        if value is not None and value <= 0:
            raise refusal(f"the learning rate must be a positive number, not {value:g}")
        return value

    @property
    def rule(self) -> Optimizer:
        """The optimizer, with the hyper-parameters that are given."""
        return optimizer(self.optimizer or GRADIENT_DESCENT.name, **self.hyperparameters)

    @property
    def full_schedule(self) -> Schedule:
        """How the learning rate changes, with every default filled in."""
        keys = self.schedule or ScheduleKeys()
        return schedule(keys.name, keys.parameters, warmup=self.warmup or 0)

    @property
    def hyperparameters(self) -> dict[str, float]:
        """The hyper-parameters that are given."""
        return self.model_dump(include=set(RANGES), exclude_none=True)


class RunTable(RunKeys, defer_build=False):
    """One of several runs; what it leaves out is as the description says for all, unless it is a recorded path."""

    path: str | None = Field(
        None,
        min_length=1,
        max_length=MAX_PATH,
        description="A recorded path in place of an optimizer: its name in the landscape's file, or a file of its own.",
    )
    label: str | None = Field(None, max_length=MAX_LABEL, description="What the legend calls the run.")

    @field_validator("label", mode="before")
    @classmethod
    def _can_be_read(cls, value: object) -> object:
        if isinstance(value, str) and not any(map(is_seen, value)):
            raise refusal(f"must have a letter that can be seen, not be {shorten(value)}")
        return single_line(value)

    _as_text = field_validator("path", mode="before")(as_text)

    @field_validator("path")
    @classmethod
    def _absolute(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None or not suffix_of(value):  # a name
            return value
        context = info.context or {}
        folder = None if value in context.get("typed", ()) else context.get("folder")
        try:
            return str(place_of_file(value, folder))
        except InputError as error:
            raise refusal(str(error)) from error

    @property
    def path_file(self) -> Path | None:
        """The file of a recorded path; None if it is in that of the landscape, or there is no path."""
        return Path(self.path) if self.path is not None and suffix_of(self.path) else None

    @property
    def contents(self) -> tuple[object, ...]:
        """All that makes two runs differ, with defaults filled in: equal for equal runs."""
        return self.label, self.path, self.rule, self.learning_rate, self.full_schedule, self.noise or 0.0

    def completed(self, top: RunKeys) -> RunTable:
        """Return the run with what the description says for all, of which it takes what its optimizer has."""
        if self.path is not None:
            return self
        name = self.optimizer or top.optimizer
        rule = optimizer(name or GRADIENT_DESCENT.name)
        useful = {"noise", *rule.hyperparameters, *(() if rule.searches else RATE_KEYS)}
        given = {key: getattr(top, key) for key in useful}
        own = {key: value for key in type(self).model_fields if (value := getattr(self, key)) is not None}
        return self.model_copy(update={**given, **own, "optimizer": rule.name})


def check_runs(top: RunKeys, tables: Sequence[RunTable]) -> tuple[RunTable, ...]:
    """Return the runs with what the description says for all: one, if it has no tables of runs.

    Raises
    ------
    PydanticCustomError
        If a key is not one of its run's optimizer, or of none of them, or out of its range; or two runs are the same.

    """
    places = [f"runs.{number}" for number in range(len(tables))]
    runs = tuple(table.completed(top) for table in tables or (RunTable(),))
    for table, run, place in zip(tables, runs, places, strict=False):  # a run, but no table, without any
        if run.path is None:
            _check_keys(table, [run.optimizer or ""], f"{place}.")
        else:
            _check_none(table, f"{place}.", "a recorded path has no {key}; leave it out")
    if names := [run.optimizer or "" for run in runs if run.path is None]:
        _check_keys(top, names, "")
    else:
        _check_none(top, "", "all runs are recorded paths, which have no {key}; leave it out")
    for number, run in enumerate(runs):
        if run.noise and run.rule.searches:
            raise refusal(
                f"{run.rule.name} looks at f itself, and only the gradient has noise; leave out one of the two",
                "noise",
                "optimizer",
                *([f"{places[number]}.noise", f"{places[number]}.optimizer"] if tables else ()),
            )
    labels = Counter(run.label for run in runs if run.label is not None)
    if twice := [label for label, number in labels.items() if number > 1]:
        raise refusal(f"two runs have the label {shorten(twice[0])}; give each one of its own", "runs")
    contents = [run.contents for run in runs]
    for number, own in enumerate(contents):
        if (first := contents.index(own)) < number:
            same = f"runs {first + 1} and {number + 1} are the same; leave one out"
            raise refusal(same, f"runs.{number}", "learning_rate")
    return runs


def _check_none(keys: RunKeys, before: str, reason: str) -> None:
    """Refuse any key of an optimizer, with a reason that names the key."""
    for key in RunKeys.model_fields:
        if getattr(keys, key) is not None:
            raise refusal(reason.format(key=key), f"{before}{key}")


def _check_keys(keys: RunKeys, names: Sequence[str], before: str) -> None:
    """Refuse keys that none of the optimizers has, and hyper-parameters out of their ranges."""
    rules = [optimizer(name) for name in names]
    known = ", ".join(dict.fromkeys(rule.name for rule in rules))
    rated = [rule for rule in rules if not rule.searches]
    for key in RATE_KEYS:
        if getattr(keys, key) is not None and not rated:
            raise refusal(f"{known} finds the length of its steps itself; leave out {key}", f"{before}{key}")
    for key, number in keys.hyperparameters.items():
        having = [rule for rule in rules if key in rule.hyperparameters]
        if not having and len(set(names)) > 1:
            raise refusal(f"none of {known} has a hyper-parameter {shorten(key)}", f"{before}{key}")
        for rule in having or rules[:1]:
            try:
                rule.with_hyperparameters({key: number})
            except InputError as error:
                raise refusal(str(error), f"{before}{key}") from error
