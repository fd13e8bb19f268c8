"""Arrays of numbers with float64's precision and a far wider range: a mantissa and a power of two each.

Where float64 overflows or underflows on the way to a result that it could hold, as in 1/(1 + exp(1000)), these do not.
Sums, products, quotients and roots are rounded exactly as float64 rounds them, and functions of a number that a float64
holds are numpy's own, so that where float64 does neither the results are the same to the bit.

Two things are kept apart that float64 calls infinity. A *pole* is what a division by zero and log(0) give: there is no
number there, and no number comes of it again, so 1/pole, exp(-pole) and atan(pole) are NaN. A number that is merely
large stays a number. Of one beyond 2**(2**53), or below its reciprocal, only the exponent's own leading digits are
known: a sum or a product in which these cancel is NaN.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gdviz.extent import FloatArray

_LN2 = math.log(2)
_LN2_HIGH, _LN2_LOW = 0.693147180369123816490, 1.90821492927058770002e-10  # from fdlibm's e_exp.c; the first is short
_ORDINARY = 700.0  # up to here exp is a normal float64
_LINEAR = -500  # below 2**this, sin(u) and its like are u
_WHOLE = 2.0**53  # beyond it, exponents are rounded themselves
_CANCELLED = 2.0**-10  # what is left of such exponents says nothing if it is less than this share of them
_BEYOND = 2200  # 2**this is far beyond float64 on either side, and an exponent that ldexp accepts
_SMALLEST, _LARGEST = np.finfo(np.float64).tiny, np.finfo(np.float64).max


class Wide(NamedTuple):
    """Numbers mantissa * 2**exponent, in two arrays that broadcast against each other.

    Attributes
    ----------
    mantissa
        0, or 0.5 to 1 in magnitude, or an infinity for a pole, or NaN.
    exponent
        A whole number or an infinity; 0 beside a mantissa of 0, an infinity or NaN.

    """

    mantissa: FloatArray
    exponent: FloatArray


def wide(numbers: FloatArray) -> Wide:
    """Return float64 numbers as wide ones; an infinity becomes a pole."""
    return _normal(numbers, np.zeros(()))


def narrow(u: Wide) -> FloatArray:
    """Return the nearest float64 numbers: infinity for what is too large and for a pole."""
    exponent = np.minimum(np.maximum(u.exponent, -_BEYOND), _BEYOND)  # np.clip is slower
    return np.asarray(np.ldexp(u.mantissa, exponent.astype(np.int32)))


def _normal(mantissa: FloatArray, exponent: FloatArray) -> Wide:
    mantissa, shift = np.frexp(mantissa)
    ordinary = np.isfinite(mantissa) & (mantissa != 0)
    return Wide(mantissa, np.where(ordinary, exponent + shift, 0.0))


def _product(mantissa: FloatArray, one: FloatArray, other: FloatArray) -> Wide:
    """Return a mantissa beside the sum of two exponents, NaN if too little of two huge ones is left."""
    total, largest = one + other, np.maximum(np.abs(one), np.abs(other))
    if largest.max(initial=0.0) > _WHOLE:
        known = (largest <= _WHOLE) | (np.abs(total) >= _CANCELLED * largest) | (mantissa == 0)
        mantissa = np.where(known, mantissa, np.nan)
    return _normal(mantissa, total)


def _scale(u: Wide) -> FloatArray:
    return np.where(u.mantissa == 0, -np.inf, u.exponent)


def add(u: Wide, v: Wide) -> Wide:
    """Return u + v."""
    scales = _scale(u), _scale(v)
    scale = np.maximum(*scales)
    shifts = [own - scale for own in scales]
    unknown: NDArray[np.bool_] | None = None
    if np.abs(scale).max(initial=0.0) > _WHOLE:
        shifts = [np.where(own == scale, 0.0, shift) for own, shift in zip(scales, shifts, strict=True)]
        near = np.abs(scales[0] - scales[1]) <= _CANCELLED * np.abs(scale)
        unknown = (np.abs(scale) > _WHOLE) & (near | np.isinf(scale)) & (u.mantissa * v.mantissa < 0)
    one, other = (
        np.ldexp(each.mantissa, np.maximum(shift, -_BEYOND).astype(np.int32))
        for each, shift in zip((u, v), shifts, strict=True)
    )
    total = one + other
    return _normal(total if unknown is None else np.where(unknown, np.nan, total), scale)


def negate(u: Wide) -> Wide:
    """Return -u."""
    return Wide(-u.mantissa, u.exponent)


def subtract(u: Wide, v: Wide) -> Wide:
    """Return u - v."""
    return add(u, negate(v))


def multiply(u: Wide, v: Wide) -> Wide:
    """Return u * v."""
    return _product(u.mantissa * v.mantissa, u.exponent, v.exponent)


def divide(u: Wide, v: Wide) -> Wide:
    """Return u / v: a pole where only v is 0."""
    mantissa = np.where(np.isinf(v.mantissa), np.nan, u.mantissa / v.mantissa)
    return _product(mantissa, u.exponent, -v.exponent)


def chain(u: Wide, v: Wide) -> Wide:
    """Return u * v in a derivative: 0 where one of them is exactly 0, even if the other is a pole."""
    product = multiply(u, v)
    if not np.isnan(product.mantissa).any():
        return product
    annulled = ((u.mantissa == 0) & ~np.isnan(v.mantissa)) | ((v.mantissa == 0) & ~np.isnan(u.mantissa))
    return _where(annulled, _ZERO, product)


def chain_divide(u: Wide, v: Wide) -> Wide:
    """Return u / v in a derivative: 0 where u is exactly 0, even if v is."""
    return _where((u.mantissa == 0) & ~np.isnan(v.mantissa), _ZERO, divide(u, v))


def annul(u: Wide, v: Wide) -> Wide:
    """Return u * v in a derivative: 0 where v is exactly 0, even if u is unknown."""
    return _where(v.mantissa == 0, _ZERO, multiply(u, v))


def absolute(u: Wide) -> Wide:
    """Return abs(u)."""
    return Wide(np.abs(u.mantissa), u.exponent)


def sign(u: Wide) -> Wide:
    """Return -1, 0 or 1."""
    return wide(np.where(np.isinf(u.mantissa), np.nan, np.sign(u.mantissa)))


def sqrt(u: Wide) -> Wide:
    """Return the square root; NaN of what is negative."""
    half = np.floor(u.exponent / 2)
    odd = np.where(np.isinf(u.exponent), 0.0, u.exponent - 2 * half)
    return _normal(np.sqrt(np.where(odd == 1, 2 * u.mantissa, u.mantissa)), half)


def cbrt(u: Wide) -> Wide:
    """Return the real cube root."""
    number = narrow(u)
    third = np.floor(u.exponent / 3)
    rest = np.where(np.isinf(u.exponent), 0.0, u.exponent - 3 * third)
    far = _normal(np.cbrt(np.ldexp(u.mantissa, rest.astype(np.int32))), third)
    return _where(_is_ordinary(number), wide(np.cbrt(number)), far)


def exp(u: Wide) -> Wide:
    """Return exp(u)."""
    number = np.where(u.mantissa == -np.inf, np.nan, narrow(u))
    ordinary = np.abs(number) <= _ORDINARY
    if ordinary.all():
        return wide(np.exp(number))
    exponent = np.rint(number / _LN2)
    rest = (number - exponent * _LN2_HIGH) - exponent * _LN2_LOW
    rest = np.where(np.abs(rest) < 1, rest, 0.0)  # what is larger is rounding of a huge number
    far = _normal(np.exp(rest), exponent)
    result = _where(ordinary, wide(np.exp(number)), far)
    return _where(np.isinf(u.mantissa) | np.isnan(number), wide(number), result)


def log(u: Wide) -> Wide:
    """Return the natural logarithm: a pole of 0, NaN of what is negative."""
    number = narrow(u)
    ordinary = (number >= _SMALLEST) & (number <= _LARGEST)
    apart = np.where(np.isinf(u.exponent), np.nan, np.log(u.mantissa) + u.exponent * _LN2)
    return wide(np.where(ordinary, np.log(number), apart))


def power(u: Wide, v: Wide) -> Wide:
    """Return u**v of real numbers: NaN where u is negative and v not whole, and where either is NaN."""
    base, exponent = narrow(u), narrow(v)
    near = np.power(base, exponent)
    ordinary = _is_ordinary(base) & (_is_ordinary(exponent) | (v.mantissa == 0)) & _is_ordinary(near)
    if ordinary.all():
        return wide(near)
    whole = (np.rint(exponent) == exponent) & (np.abs(exponent) < _WHOLE) & ((exponent != 0) | (v.mantissa == 0))
    far = exp(multiply(v, log(absolute(u))))
    odd = whole & (np.mod(np.where(whole, exponent, 0.0), 2) == 1)
    signed = Wide(np.where((u.mantissa < 0) & odd, -far.mantissa, far.mantissa), far.exponent)
    result = _where(ordinary, wide(near), signed)
    zero, pole = u.mantissa == 0, np.isinf(u.mantissa)
    result = _where((zero & (v.mantissa > 0)), _ZERO, result)
    result = _where((zero & (v.mantissa < 0)) | (pole & (v.mantissa > 0)), _POLE, result)
    result = _where((v.mantissa == 0), _ONE, result)
    none = ((u.mantissa < 0) & ~whole) | (pole & ~(v.mantissa > 0)) | np.isinf(v.mantissa)
    return _where(none | np.isnan(u.mantissa) | np.isnan(v.mantissa), _NAN, result)


def _is_ordinary(numbers: FloatArray) -> NDArray[np.bool_]:
    return np.asarray((np.abs(numbers) >= _SMALLEST) & (np.abs(numbers) <= _LARGEST))


def minimum(u: Wide, v: Wide) -> Wide:
    """Return the smaller one; NaN where either is."""
    below = subtract(u, v).mantissa
    result = _where(np.isnan(below), _NAN, _where(below <= 0, u, v))
    pole = np.isinf(u.mantissa) | np.isinf(v.mantissa)
    return _where(pole & ~np.isinf(result.mantissa), _NAN, result)


def maximum(u: Wide, v: Wide) -> Wide:
    """Return the larger one; NaN where either is."""
    return negate(minimum(negate(u), negate(v)))


def smaller_ones(u: Wide, v: Wide, of_u: Wide, of_v: Wide) -> Wide:
    """Return what belongs to the smaller one of u and v, or the mean where they are equal."""
    below = subtract(u, v).mantissa
    equal, result = below == 0, _where(below < 0, of_u, of_v)
    if equal.any():
        result = _where(equal, multiply(_HALF, add(of_u, of_v)), result)
    return _where(np.isnan(below), _NAN, result)


def of_number(function: Callable[[FloatArray], FloatArray]) -> Callable[[Wide], Wide]:
    """Return a function of wide numbers that is given them as float64: one that is bounded, or NaN, far out."""
    return lambda u: wide(function(np.where(np.isinf(u.mantissa), np.nan, narrow(u))))


def linear_near_zero(function: Callable[[FloatArray], FloatArray]) -> Callable[[Wide], Wide]:
    """Return the same as `of_number`, of a function that is u itself where u is tiny."""
    outside = of_number(function)
    return lambda u: _where((u.exponent < _LINEAR) & np.isfinite(u.mantissa), u, outside(u))


def cosh(u: Wide) -> Wide:
    """Return the hyperbolic cosine."""
    ordinary, near = np.abs(narrow(u)) <= _ORDINARY, of_number(np.cosh)(u)
    return near if ordinary.all() else _where(ordinary, near, multiply(_HALF, exp(absolute(u))))


def sinh(u: Wide) -> Wide:
    """Return the hyperbolic sine."""
    ordinary, near = np.abs(narrow(u)) <= _ORDINARY, linear_near_zero(np.sinh)(u)
    if ordinary.all():
        return near
    far = multiply(_HALF, exp(absolute(u)))
    signed = Wide(np.copysign(far.mantissa, u.mantissa), far.exponent)
    return _where(ordinary, near, signed)


def logarithm(function: Callable[[FloatArray], FloatArray], base: float) -> Callable[[Wide], Wide]:
    """Return the logarithm of another base, `function` on float64."""

    def of_wide(u: Wide) -> Wide:
        number = narrow(u)
        ordinary = (number >= _SMALLEST) & (number <= _LARGEST)
        return _where(ordinary, wide(function(number)), wide(narrow(log(u)) / math.log(base)))

    return of_wide


def hypot(u: Wide, v: Wide) -> Wide:
    """Return sqrt(u**2 + v**2)."""
    near = np.hypot(narrow(u), narrow(v))
    far = sqrt(add(multiply(u, u), multiply(v, v)))
    return _where(_is_ordinary(near) | (near == 0) & (far.mantissa == 0), wide(near), far)


def rounded(function: Callable[[FloatArray], FloatArray]) -> Callable[[Wide], Wide]:
    """Return floor or ceil; a pole has none."""

    def of_wide(u: Wide) -> Wide:
        number = np.where(np.isinf(u.mantissa), np.nan, narrow(u))
        number = np.where((number == 0) & (u.mantissa != 0), np.copysign(_SMALLEST, u.mantissa), number)
        return _where(np.isinf(number), u, wide(function(number)))

    return of_wide


def mod(u: Wide, v: Wide) -> Wide:
    """Return what remains of u after whole multiples of v, with the sign of v; NaN of numbers beyond float64."""
    return wide(np.mod(*(np.where(np.isinf(narrow(each)), np.nan, narrow(each)) for each in (u, v))))


def sigmoid(u: Wide) -> Wide:
    """Return 1/(1 + exp(-u)), without losing digits far out."""
    small = exp(negate(absolute(u)))
    return divide(_where(u.mantissa >= 0, _ONE, small), add(_ONE, small))


def softplus(u: Wide) -> Wide:
    """Return log(1 + exp(u)), without overflow."""
    return add(maximum(u, _ZERO), linear_near_zero(np.log1p)(exp(negate(absolute(u)))))


_erf_of_each = np.frompyfunc(math.erf, 1, 1)


def error_function(u: FloatArray) -> FloatArray:
    """Return erf of each number by Python's own, which is right to the last digit or two."""
    return np.asarray(_erf_of_each(u), dtype=np.float64)


def erf(u: Wide) -> Wide:
    """Return the error function."""
    tiny = (u.exponent < _LINEAR) & np.isfinite(u.mantissa)
    return _where(tiny, multiply(wide(np.array(2 / math.sqrt(math.pi))), u), of_number(error_function)(u))


def compared(holds: Callable[[FloatArray], NDArray[np.bool_]], u: Wide, v: Wide) -> Wide:
    """Return 1 where a comparison holds, judged by the sign of u - v, and else 0; NaN beside NaN and a pole."""
    difference = subtract(u, v).mantissa
    known = np.isfinite(u.mantissa) & np.isfinite(v.mantissa) & ~np.isnan(difference)
    return wide(np.where(known, holds(difference), np.nan))


def where(condition: Wide, u: Wide, v: Wide) -> Wide:
    """Return u where the condition is not 0, and v elsewhere; what is not chosen does not matter."""
    return _where(np.isnan(condition.mantissa), _NAN, _where(condition.mantissa != 0, u, v))


def _where(chosen: NDArray[np.bool_] | np.bool_, u: Wide, v: Wide) -> Wide:
    """Return u where it is chosen, and v elsewhere."""
    if chosen.shape == v.mantissa.shape and not chosen.any():
        return v
    return Wide(np.where(chosen, u.mantissa, v.mantissa), np.where(chosen, u.exponent, v.exponent))


_ZERO, _HALF, _ONE, _POLE, _NAN = (wide(np.array(number)) for number in (0.0, 0.5, 1.0, np.inf, np.nan))
ONE = _ONE
