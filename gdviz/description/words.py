"""Words: all that gdviz itself writes on a picture, in English unless a description says otherwise."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, field_validator

from gdviz.description.tables import Table, refusal, single_line
from gdviz.errors import shorten

MAX_WORD = 40  # characters
NUMBER = "{n}"  # in a word: where a number stands


def _word(english: str, description: str) -> Any:
    """Return a field whose key in a description is the English word."""
    return Field(english, alias=english, max_length=MAX_WORD, description=description)


_Text = Annotated[str, BeforeValidator(single_line)]


class Words(Table):
    """The words on a picture. What writes on a picture takes every word from here, so that none is left in English."""

    model_config = ConfigDict(serialize_by_alias=True)

    x: _Text = _word("x", "The name of the first variable.")
    y: _Text = _word("y", "The name of the second variable.")
    f: _Text = _word("f", "The name of the function.")
    dx: _Text = _word("dx", "The slope along the first variable.")
    dy: _Text = _word("dy", "The slope along the second variable.")
    min: _Text = _word("min", "The least value, in 'f – min f'.")
    minimum: _Text = _word("minimum", "A known minimum, where nothing descends.")
    no_minimum: _Text = _word("no minimum", "Where points of the pale colour ended.")
    slope: _Text = _word("slope", "What the tangent at a point shows.")
    step_to_come: _Text = _word("step to come", "What the arrow at a point shows.")
    gradient: _Text = _word("gradient", "What of a step comes from the gradient where the point is.")
    momentum: _Text = _word("momentum", "What of a step is kept of those before.")
    scale: _Text = _word("scale", "How a step is bent by each axis having a rate of its own.")
    decay: _Text = _word("decay", "What of a step leads to the origin, whatever the gradient is.")
    step: _Text = _word("step", "A whole step, beside its parts.")
    gradient_descent: _Text = _word("gradient descent", "How the points descend.")
    learning_rate: _Text = _word("learning rate", "The share of the gradient that a step takes.")
    iteration: _Text = _word("iteration", "How many steps have been made.")
    evaluation: _Text = _word("evaluation", "How often f and its gradient have been evaluated, on that clock.")
    median: _Text = _word("median", "Of the values of many points.")
    best: _Text = _word("best", "The least of the values of many points.")
    converged: _Text = _word("converged", "How many points have come to a minimum.")
    left_the_view: _Text = _word("left the view", "How many points are no longer in the picture.")
    diverged: _Text = _word("diverged", "How many points have run away.")
    flat_ground: _Text = _word("flat ground", "How many points rest where there is no minimum.")
    no_next_step: _Text = _word("no next step", "How many points are where none is known, as where f has no gradient.")
    projected: _Text = _word("projected", "A recorded path of many weights, seen in a plane: f is its recorded loss.")
    recorded: _Text = _word("recorded", "A path that was recorded, of which it is not known how it ended.")
    none: _Text = _word("none", "In place of a number that does not exist.")
    start: _Text = _word("start", "Where a point began, which its colour may show.")
    point: _Text = _word("point", "After the number 1.")
    points: _Text = _word("points", "After another number.")
    smoothed: _Text = _word("smoothed cells", "How far a landscape is smoothed.")
    more: _Text = _word(f"and {NUMBER} more", f"Minima that are not listed; {NUMBER} is their number.")

    @field_validator("more")
    @classmethod
    def _has_a_place_for_the_number(cls, value: str) -> str:
        if NUMBER not in value:
            raise refusal(f"must contain {NUMBER}, where the number stands, not be {shorten(value)}")
        return value

    def f_of(self, *arguments: str) -> str:
        """Return the function's value at arguments: `f(x, y)`."""
        return f"{self.f}({', '.join(arguments)})"

    @property
    def distance_to_minimum(self) -> str:
        """How far a value is from the least: `f – min f`."""
        return f"{self.f} – {self.min} {self.f}"

    def points_in_words(self, number: int) -> str:
        """Return so many points: `4 points`."""
        return f"{number} {self.point if number == 1 else self.points}"

    def and_more(self, number: int) -> str:
        """Return how many are not listed: `and 4 more`."""
        return self.more.replace(NUMBER, str(number))

    @property
    def changed(self) -> tuple[str, ...]:
        """The words that a description has put in place of gdviz's own."""
        english = Words()
        return tuple(word for name in Words.model_fields if (word := getattr(self, name)) != getattr(english, name))
