"""Trains a small network on handwritten digits with three optimizers, and makes a landscape of its loss.

The network has 64 inputs, 10 hidden units and 10 outputs: 760 parameters. Plain SGD, momentum and Adam begin with the
same weights and see the same batches. gdviz.plane finds the plane in which the three runs vary most, evaluates the loss
of all 1,797 digits on a grid of it, and writes what the preset `digits` draws:

    pip install "gdviz[examples]"
    python examples/digits.py digits.npz
    gdviz render digits.npz
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from threadpoolctl import threadpool_limits

import gdviz

FloatArray = NDArray[np.float64]
Gradient = Callable[[FloatArray], FloatArray]  # of the loss of a batch, at flat weights

SHAPES = ((64, 10), (10,), (10, 10), (10,))  # of the weights and the biases, as they are flattened
SIZES = [math.prod(shape) for shape in SHAPES]
STEPS = 500
BATCH = 64  # digits
SPREAD = 0.1  # of the first weights, before they are divided by the root of the number of inputs


@dataclass(frozen=True)
class Digits:
    """Images, shape (n, 64), and which digit each is, shape (n, 10), one 1 a row."""

    images: FloatArray
    labels: FloatArray

    def some(self, which: NDArray[np.intp]) -> Digits:
        """Return some of them."""
        return Digits(self.images[which], self.labels[which])


def all_digits() -> Digits:
    """Return scikit-learn's digits, the mean image subtracted."""
    found = load_digits()
    images = found.data / 16.0
    return Digits(images - images.mean(axis=0), np.eye(10)[found.target])


def unflattened(weights: FloatArray) -> list[FloatArray]:
    """Return flat weights as the tensors of the network."""
    parts = np.split(weights, np.cumsum(SIZES)[:-1])
    return [part.reshape(shape) for part, shape in zip(parts, SHAPES, strict=True)]


def outputs(weights: FloatArray, images: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the hidden units and the logarithms of the probabilities of each digit, shape (n, 10) both."""
    first, bias, second, other = unflattened(weights)
    hidden = np.tanh(images @ first + bias)
    scores = hidden @ second + other
    scores -= scores.max(axis=1, keepdims=True)
    return hidden, scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))


def loss(weights: FloatArray, digits: Digits) -> float:
    """Return the mean cross-entropy."""
    return float(-(outputs(weights, digits.images)[1] * digits.labels).sum(axis=1).mean())


def gradient(weights: FloatArray, digits: Digits) -> FloatArray:
    """Return the gradient of the loss, flat."""
    hidden, logarithms = outputs(weights, digits.images)
    errors = (np.exp(logarithms) - digits.labels) / len(digits.images)
    back = (errors @ unflattened(weights)[2].T) * (1 - hidden**2)
    parts = (digits.images.T @ back, back.sum(axis=0), hidden.T @ errors, errors.sum(axis=0))
    return np.concatenate([part.ravel() for part in parts])


def first_weights() -> FloatArray:
    """Return the weights with which all runs begin, small random ones."""
    numbers = np.random.default_rng(2)
    parts = [
        SPREAD / math.sqrt(shape[0]) * numbers.standard_normal(shape) if len(shape) == 2 else np.zeros(shape)
        for shape in SHAPES
    ]
    return np.concatenate([part.ravel() for part in parts])


def gradients(digits: Digits) -> Iterator[Gradient]:
    """Yield the gradient of one random batch after the other, the same for every run."""
    numbers = np.random.default_rng(1)
    for _ in range(STEPS):
        batch = digits.some(numbers.choice(len(digits.images), BATCH, replace=False))
        yield lambda weights, batch=batch: gradient(weights, batch)  # type: ignore[misc]  # it takes its own batch


def sgd(weights: FloatArray, batches: Iterator[Gradient], rate: float = 1.5) -> Iterator[FloatArray]:
    """Yield the weights after each step of plain stochastic gradient descent."""
    for of_batch in batches:
        weights = weights - rate * of_batch(weights)
        yield weights


def momentum(
    weights: FloatArray, batches: Iterator[Gradient], rate: float = 0.4, kept: float = 0.95
) -> Iterator[FloatArray]:
    """Yield the weights after each step of descent with momentum."""
    velocity = np.zeros_like(weights)
    for of_batch in batches:
        velocity = kept * velocity + of_batch(weights)
        weights = weights - rate * velocity
        yield weights


def adam(weights: FloatArray, batches: Iterator[Gradient], rate: float = 0.03) -> Iterator[FloatArray]:
    """Yield the weights after each step of Adam (Kingma and Ba, arXiv 1412.6980)."""
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step, of_batch in enumerate(batches, start=1):
        slope = of_batch(weights)
        mean = 0.9 * mean + 0.1 * slope
        square = 0.999 * square + 0.001 * slope**2
        weights = weights - rate * mean / (1 - 0.9**step) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
        yield weights


def snapshots(digits: Digits) -> dict[str, FloatArray]:
    """Return the weights of each run before the first and after each step, shape (steps + 1, parameters)."""
    rules: dict[str, Any] = {"sgd": sgd, "momentum": momentum, "adam": adam}
    start = first_weights()
    return {name: np.array([start, *rule(start, gradients(digits))]) for name, rule in rules.items()}


def main(path: str) -> None:
    """Train, and write the landscape."""
    digits = all_digits()
    with threadpool_limits(1):  # for matrices as small as these, a second thread takes time and changes the last bits
        plane = gdviz.plane(
            snapshots(digits),
            lambda weights: loss(weights, digits),
            path,
            samples=91,
            title="Loss of a small network on handwritten digits",
        )
    shares = " and ".join(f"{share:.1%}" for share in plane.explained)
    print(f"{path}: the plane's directions hold {shares} of the variance of the weights")  # noqa: T201  # what it has made is told


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "digits.npz")
