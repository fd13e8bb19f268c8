"""Finds local minima of a function near given places, from the values around them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gdviz.extent import FloatArray
from gdviz.functions.objective import Objective

SCALES = np.array([1 / 16, *(np.arange(1, 9) / 8)])  # the rings' radii, as shares of `radius`
DIRECTIONS = 64  # samples of a ring; even, so that each has an opposite one
ROUNDS = 58  # steps of golden-section search, from the distance of two samples down to float64's precision
GOLDEN = (5**0.5 - 1) / 2  # the inverse of the golden ratio
STEEP = 0.25  # share of the tolerance: ground that rises less steeply is flat
LEVEL = 0.05  # share of the tolerance: a valley floor that falls less steeply is level
ROUNDING = 64 * np.finfo(np.float64).eps  # share of a value: smaller differences are rounding


@dataclass(frozen=True)
class _Rings:
    """The values on rings around m places.

    Attributes
    ----------
    values
        The values at the samples, shape (m, rings, directions); infinite where f is undefined.
    lowest
        The lowest value on each ring, also between the samples, shape (m, rings).
    where
        The position of the lowest value, shape (m, rings, dimension).

    """

    values: FloatArray
    lowest: FloatArray
    where: FloatArray


def minima_near(
    objective: Objective, places: FloatArray, radius: FloatArray, tolerance: float
) -> tuple[NDArray[np.bool_], FloatArray]:
    """Return which places have a local minimum within `radius`, and about where it is.

    The lowest values on rings of growing radius around a place decide. If the lowest value rises from one ring to the
    next, there is a minimum within, about where the value was lowest before. If it stays level, as along the floor of a
    valley, the place itself is a minimum if the ground rises on two opposite sides. On a slope or at a saddle the
    lowest value falls from ring to ring; on a plateau nothing rises. Points where f is undefined count as higher.

    A descent stops on any ground that is level enough, so the ground around a minimum must rise more steeply than a
    share of the tolerance.

    Parameters
    ----------
    objective
        The function.
    places
        Positions, shape (m, dimension), at which f must be finite.
    radius
        How far away a minimum may be along each axis, shape (dimension,).
    tolerance
        The slope below which the descents stopped.

    Returns
    -------
    found, locations
        Shapes (m,) and (m, dimension); a location is the place itself where there is no minimum.

    """
    found, locations = _lows(objective, places, radius, 0.0, tolerance)
    confirmed, _ = _lows(objective, locations[found], radius, STEEP * tolerance, tolerance)
    found[found] = confirmed
    return found, locations


def _lows(
    objective: Objective, places: FloatArray, radius: FloatArray, rise: float, tolerance: float
) -> tuple[NDArray[np.bool_], FloatArray]:
    """Do the same as `minima_near`; a ring rises if it is higher than all within by `rise` times its radius."""
    here = objective.value(*places.T)
    rings = _rings(objective, places, radius)
    lowest = np.concatenate([here[:, None], rings.lowest], axis=1)
    where = np.concatenate([places[:, None], rings.where], axis=1)
    noise = ROUNDING * np.abs(np.where(np.isfinite(lowest), lowest, 0)).max(axis=1, keepdims=True)

    reach = SCALES * float(radius.min())
    so_far = np.minimum.accumulate(lowest, axis=1)[:, :-1]
    rises = lowest[:, 1:] > so_far + np.maximum(noise, rise * reach)
    within = np.arange(len(SCALES) + 1) <= np.argmax(rises, axis=1)[:, None]
    bottom = np.argmin(np.where(within, lowest, np.inf), axis=1)

    opposite = np.roll(rings.values, rings.values.shape[2] // 2, axis=2)
    higher = np.minimum(rings.values, opposite).max(axis=2) > here[:, None] + np.maximum(
        noise, STEEP * tolerance * reach
    )
    floor = higher & (rings.lowest >= here[:, None] - np.maximum(noise, LEVEL * tolerance * reach))

    basin = rises.any(axis=1)
    return basin | floor.any(axis=1), where[np.arange(len(places)), np.where(basin, bottom, 0)]


def _rings(objective: Objective, places: FloatArray, radius: FloatArray) -> _Rings:
    """Sample the rings, and search every dip between samples for its lowest point."""
    dimension = places.shape[1]
    angles = np.arange(DIRECTIONS) * (2 * np.pi / DIRECTIONS) if dimension == 2 else np.array([0.0, np.pi])

    def at(place: NDArray[np.int64], ring: NDArray[np.int64], angle: FloatArray) -> FloatArray:
        way = np.stack([np.cos(angle), np.sin(angle)], axis=-1)[..., :dimension]
        return np.asarray(places[place] + SCALES[ring][..., None] * radius * way)

    def value(place: NDArray[np.int64], ring: NDArray[np.int64], angle: FloatArray) -> FloatArray:
        values = objective.value(*np.moveaxis(at(place, ring, angle), -1, 0))
        return np.where(np.isnan(values), np.inf, values)

    every_place, every_ring, every_angle = np.broadcast_arrays(
        np.arange(len(places))[:, None, None], np.arange(len(SCALES))[:, None], angles
    )
    values = value(every_place, every_ring, every_angle)
    if dimension == 1:
        nearest = values.argmin(axis=2)
        return _Rings(values, values.min(axis=2), at(every_place[..., 0], every_ring[..., 0], angles[nearest]))

    dips = (values < np.roll(values, 1, axis=2)) & (values <= np.roll(values, -1, axis=2))
    place, ring, direction = np.nonzero(dips)
    low, high = angles[direction - 1], angles[direction - 1] + 2 * (2 * np.pi / DIRECTIONS)
    first, second = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    of_first, of_second = value(place, ring, first), value(place, ring, second)
    for _ in range(ROUNDS):
        left = of_first < of_second
        low, high = np.where(left, low, first), np.where(left, second, high)
        new = np.where(left, high - GOLDEN * (high - low), low + GOLDEN * (high - low))
        of_new = value(place, ring, new)
        first, second = np.where(left, new, second), np.where(left, first, new)
        of_first, of_second = np.where(left, of_new, of_second), np.where(left, of_first, of_new)
    angle, bottom = np.where(of_first < of_second, first, second), np.minimum(of_first, of_second)
    order = np.argsort(-bottom, kind="stable")  # a ring's lowest dip is written last, so that it stays
    dip, at_dip = np.full(values.shape[:2], np.inf), np.zeros(values.shape[:2])
    dip[place[order], ring[order]], at_dip[place[order], ring[order]] = bottom[order], angle[order]
    lowest = np.minimum(dip, values.min(axis=2))
    at_lowest = np.where(dip <= lowest, at_dip, angles[values.argmin(axis=2)])
    return _Rings(values, lowest, at(every_place[..., 0], every_ring[..., 0], at_lowest))
