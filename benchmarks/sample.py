"""The statistics of a figure that was measured several times."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

FAR = 3.5  # robust standard deviations from the median at which a run is an outlier (Iglewicz and Hoaglin, 1993)
NORMAL = 1.4826  # times the median deviation is the standard deviation, if deviations are normal
LEAST = 0.01  # of the median: runs that are as near to it are no outliers, however near the others are
FEWEST = 4  # runs of which one can be called an outlier


@dataclass(frozen=True)
class Sample:
    """The values of one figure, in the order in which they were measured; there is at least one."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.values)

    @property
    def mean(self) -> float:
        """Their mean."""
        return statistics.fmean(self.values)

    @property
    def spread(self) -> float | None:
        """Their standard deviation; None of a single one."""
        return statistics.stdev(self.values) if len(self.values) > 1 else None

    @property
    def outliers(self) -> tuple[float, ...]:
        """Those that are so far from the median that something else must have happened."""
        if len(self.values) < FEWEST:
            return ()
        middle = self.median
        usual = NORMAL * statistics.median(abs(value - middle) for value in self.values)
        limit = FAR * max(usual, LEAST * abs(middle))
        return tuple(value for value in self.values if abs(value - middle) > limit)


def ratio(over: Sample, under: Sample) -> Sample:
    """Return the ratios of the runs that were made together: what slows both down leaves them as they are."""
    return Sample(tuple(a / b for a, b in zip(over.values, under.values, strict=False) if b))


def rounded(value: float, digits: int = 3) -> str:
    """Return a number with so many digits that count, and none of its whole digits lost."""
    if value == 0:
        return "0"
    places = max(0, digits - 1 - _magnitude(value))
    return f"{value:,.{places}f}"


def _magnitude(value: float) -> int:
    """Return the power of ten of a number's first digit."""
    return int(f"{abs(value):e}".partition("e")[2])


def told(sample: Sample, digits: int = 3) -> str:
    """Return a sample's median with its spread, if it has one."""
    if sample.spread is None:
        return rounded(sample.median, digits)
    places = max(0, digits - 1 - _magnitude(sample.median)) if sample.median else 0
    return f"{sample.median:,.{places}f} ± {sample.spread:,.{places}f}"


def detail(sample: Sample) -> Sequence[str]:
    """Return the cells of a table: median, mean with spread, least, most, runs, outliers."""
    spread = "" if sample.spread is None else f" ± {rounded(sample.spread, 2)}"
    far = ", ".join(map(rounded, sample.outliers)) or "none"
    least, most = min(sample.values), max(sample.values)
    return (
        rounded(sample.median),
        rounded(sample.mean) + spread,
        rounded(least),
        rounded(most),
        str(len(sample.values)),
        far,
    )
