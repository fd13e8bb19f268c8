"""How often a rule had f, its gradient and its Hessian evaluated, of each point and until each step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gdviz.extent import FloatArray
from gdviz.functions.objective import Objective

Integers = NDArray[np.integer]


class Counts(NamedTuple):
    """How often f, its gradient and its Hessian were evaluated: three arrays of one shape."""

    values: Integers
    gradients: Integers
    hessians: Integers

    def total(self, dimension: int) -> Integers:
        """Return evaluations in all: a Hessian counts as `dimension`, for each of its rows is a gradient's."""
        return np.asarray(self.values + self.gradients + dimension * self.hessians, dtype=np.int64)


class Evaluator:
    """Evaluates an objective for the rule of one step, and counts how often of each point.

    The gradient that the rule is given is not counted here: every rule is given one.

    Parameters
    ----------
    objective
        What is descended.
    position
        Where the points are, shape (n, dimension).
    values
        f there, shape (n,), if it is known.

    """

    def __init__(self, objective: Objective, position: FloatArray, values: FloatArray | None = None) -> None:
        self._objective = objective
        self._position = position
        self._values = values
        self._counts: Counts | None = None

    @property
    def counts(self) -> Counts | None:
        """How often what was evaluated, each of shape (n,); None if nothing was."""
        return self._counts

    @cached_property
    def value(self) -> FloatArray:
        """The value of f where the points are, shape (n,): one evaluation, even if it was known."""
        self._counted().values[:] += 1
        return self._objective.value(*self._position.T) if self._values is None else self._values

    @cached_property
    def hessian(self) -> FloatArray:
        """The Hessian where the points are, shape (n, dimension, dimension)."""
        self._counted().hessians[:] += 1
        return np.asarray(np.moveaxis(self._objective.hessian(*self._position.T), -1, 0))

    def value_at(self, places: FloatArray, which: NDArray[np.intp]) -> FloatArray:
        """Return f, shape (m,), at places (m, dimension), to which the points with the numbers `which` (m,) look."""
        self._counted().values[which] += 1
        return self._objective.value(*places.T)

    def gradient_at(self, places: FloatArray, which: NDArray[np.intp]) -> FloatArray:
        """Return the gradient, shape (m, dimension), at places (m, dimension) to which the points `which` (m,) look."""
        self._counted().gradients[which] += 1
        return np.asarray(self._objective.gradient(*places.T).T)

    def _counted(self) -> Counts:
        if self._counts is None:
            self._counts = Counts(*np.zeros((3, len(self._position)), dtype=np.uint32))
        return self._counts


@dataclass(frozen=True)
class Evaluations:
    """How often f, its gradient and its Hessian were evaluated for the rule.

    Counted are one gradient at every position from which a point stepped or at which it rests, and what the rule looked
    at itself there: f where it is, f and gradients along a line, Hessians. Not counted is what is evaluated only to be
    recorded or drawn.

    Arrays are made when they are asked for: those of a rule that looks at nothing but the gradient take no memory.

    Attributes
    ----------
    dimension
        How many variables the objective has.
    steps
        The number of steps that the longest-running point took.
    iterations
        Steps of each point, shape (n,).
    ended
        1 for a point whose gradient was evaluated at its last position, as where it rests, and else 0, shape (n,).
    looks
        What the rule evaluated itself at each position, by the names of `Counts`, each of shape (steps + 1, n); what it
        never evaluated is missing.

    """

    dimension: int
    steps: int
    iterations: NDArray[np.int64]
    ended: NDArray[np.int64]
    looks: Mapping[str, Integers]

    @property
    def values(self) -> Integers:
        """How often f was evaluated until a point was where it is, shape (steps + 1, n).

        From where a point has ended, what was evaluated there is counted, too, such as what showed that it rests.
        """
        return self._looks_until("values")

    @property
    def gradients(self) -> Integers:
        """How often the gradient was evaluated, shape (steps + 1, n); see `values`."""
        rows = self._rows()
        every = np.minimum(rows, self.iterations)
        every += np.where(rows >= self.iterations, self.ended, 0)
        return every + self._looks_until("gradients") if "gradients" in self.looks else every

    @property
    def hessians(self) -> Integers:
        """How often the Hessian was evaluated, shape (steps + 1, n); see `values`."""
        return self._looks_until("hessians")

    @property
    def total(self) -> Integers:
        """Evaluations in all, shape (steps + 1, n): a Hessian counts as `dimension`, all else as 1; see `values`."""
        return Counts(self.values, self.gradients, self.hessians).total(self.dimension)

    @property
    def last(self) -> Counts:
        """All that was evaluated of each point, each of shape (n,): the others' last rows."""
        values, gradients, hessians = (self._all_looks(kind) for kind in Counts._fields)
        return Counts(values, gradients + self.iterations + self.ended, hessians)

    @property
    def arrivals(self) -> Integers:
        """Evaluations in all until each point was where it is, and none of those there, shape (steps + 1, n)."""
        rows = self._rows()
        if not self.looks:
            return np.minimum(rows, self.iterations)
        looks = Counts(*(self.looks.get(kind, np.zeros(1, dtype=np.int64)) for kind in Counts._fields))
        spent = np.where(rows < self.iterations, 1 + looks.total(self.dimension), 0)
        return np.concatenate([np.zeros_like(spent[:1]), spent[:-1].cumsum(axis=0)])

    def of(self, points: slice | NDArray[np.intp]) -> Evaluations:
        """Return the same of some points."""
        looks = {kind: made[:, points] for kind, made in self.looks.items()}
        return replace(self, iterations=self.iterations[points], ended=self.ended[points], looks=looks)

    def _rows(self) -> Integers:
        return np.arange(self.steps + 1)[:, None]

    def _looks_until(self, kind: str) -> Integers:
        """Return what was looked at in all positions before, and from where a point ended, there too."""
        if kind not in self.looks:
            return np.broadcast_to(np.int64(0), (self.steps + 1, len(self.iterations)))
        made = self.looks[kind]
        there = np.where(self._rows() >= self.iterations, made, 0)
        return np.asarray(made.cumsum(axis=0, dtype=np.int64) - made + there)

    def _all_looks(self, kind: str) -> Integers:
        count = len(self.iterations)
        return self.looks[kind].sum(axis=0, dtype=np.int64) if kind in self.looks else np.zeros(count, dtype=np.int64)


class EvaluationRecord:
    """Collects what the rule of a descent looks at, step by step; what it never looks at takes no memory.

    Parameters
    ----------
    rows, count
        The most positions of a point, and the number of points.

    """

    def __init__(self, rows: int, count: int) -> None:
        self._shape = rows, count
        self._looks: dict[str, NDArray[np.uint32]] = {}

    def add(self, step: int, points: NDArray[np.int64], counts: Counts | None) -> None:
        """Record what was evaluated for the points at a step."""
        for kind, made in zip(Counts._fields, counts or (), strict=False):
            if made.any():
                if kind not in self._looks:
                    self._looks[kind] = np.zeros(self._shape, dtype=np.uint32)
                self._looks[kind][step, points] = made

    def by_kind(self, rows: int) -> Mapping[str, Integers]:
        """Return what was recorded, by kind, each of shape (rows, n); the rest of the memory is given back."""
        for made in self._looks.values():
            made.resize((rows, self._shape[1]), refcheck=False)
        return MappingProxyType(self._looks)
