"""Evaluates losses, a portion at a time: here, or in whatever an executor has."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, Protocol

import numpy as np

from gdviz.errors import InputError
from gdviz.extent import FloatArray

Loss = Callable[[FloatArray], Any]
"""Gives the loss of weights, shape (parameters,): a float, or what `float` makes one of."""


class Executor(Protocol):
    """What has the `map` of `concurrent.futures`: a pool of threads or processes, a cluster's client."""

    def map(self, function: Callable[[FloatArray], float], vectors: Iterable[FloatArray], /) -> Iterable[float]:
        """Return the function's value of each vector, in their order."""


def loss_at(loss: Loss, vector: FloatArray) -> float:
    """Return the loss of weights, shape (parameters,).

    Raises
    ------
    InputError
        If it is not a number.

    """
    found = loss(vector)
    try:
        if isinstance(found, str | bytes | np.complexfloating):  # of which float would make something
            raise TypeError
        return float(found.item() if isinstance(found, np.ndarray) else found)
    except OverflowError:  # a whole number without limit
        return math.inf
    except (TypeError, ValueError) as error:
        kind = type(found).__name__
        raise InputError(f"loss must return a number for each vector of weights, but it returned {kind}") from error


def portions_of_losses(
    loss: Loss, portions: Iterable[Iterable[FloatArray]], executor: Executor | None
) -> Iterator[FloatArray]:
    """Yield the losses of each portion of vectors, in order.

    With an executor the next portion is handed out before the first has come back, so that nobody waits for a
    portion's last vector.
    """
    evaluate = partial(loss_at, loss)
    if executor is None:
        for portion in portions:
            yield np.array([evaluate(vector) for vector in portion])
        return
    handed_out: deque[Iterable[float]] = deque()
    for portion in portions:
        handed_out.append(executor.map(evaluate, portion))
        if len(handed_out) > 1:
            yield np.array(list(handed_out.popleft()))
    for losses in handed_out:
        yield np.array(list(losses))
