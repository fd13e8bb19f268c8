"""The keys of a description that are a choice of words."""

from enum import StrEnum


class View(StrEnum):
    """The kind of picture that the main view or a panel shows."""

    SURFACE = "surface"
    MAP = "map"
    CURVE = "curve"
    SLICES = "slices"
    LOSS = "loss"


class LossScale(StrEnum):
    """The axis of a loss panel."""

    AUTO = "auto"
    LINEAR = "linear"
    LOG = "log"


class PointColor(StrEnum):
    """What a point's colour shows."""

    BASIN = "basin"
    START = "start"
    HEIGHT = "height"
    ONE = "one"


class HeightScale(StrEnum):
    """How values become heights."""

    AUTO = "auto"
    LINEAR = "linear"
    LOG = "log"


class Palette(StrEnum):
    """The colours of the ground, from low to high."""

    DEEP = "deep"
    DUSK = "dusk"
    SLATE = "slate"
