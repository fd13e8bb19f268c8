"""The keys of a description that are a choice of words, and the qualities of a render."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Shown(StrEnum):
    """Whether something is shown: as a description says, or where it helps."""

    AUTO = "auto"
    TRUE = "true"
    FALSE = "false"

    def decided(self, where_it_helps: bool) -> bool:
        """Return what this means where it helps, or does not."""
        return where_it_helps if self is Shown.AUTO else self is Shown.TRUE


class View(StrEnum):
    """The kind of picture that the main view or a panel shows."""

    SURFACE = "surface"
    MAP = "map"
    CURVE = "curve"
    SLICES = "slices"
    LOSS = "loss"


class Loop(StrEnum):
    """How a film that is shown again and again leads back into its beginning."""

    NONE = "none"
    FADE = "fade"
    BOOMERANG = "boomerang"


class LossScale(StrEnum):
    """The axis of a loss panel."""

    AUTO = "auto"
    LINEAR = "linear"
    LOG = "log"


class Clock(StrEnum):
    """What all runs of a race have made equally many of at each moment of the film."""

    ITERATIONS = "iterations"
    EVALUATIONS = "evaluations"


class PointColor(StrEnum):
    """What a point's colour shows."""

    RUN = "run"
    BASIN = "basin"
    START = "start"
    HEIGHT = "height"
    ONE = "one"


class HeightScale(StrEnum):
    """How values become heights."""

    AUTO = "auto"
    LINEAR = "linear"
    LOG = "log"


class FieldDirection(StrEnum):
    """Where the arrows of a field point: up the slope, or down it."""

    GRADIENT = "gradient"
    DESCENT = "descent"


class FieldLength(StrEnum):
    """How the length of a field's arrow follows from the size of the gradient."""

    LOG = "log"
    LINEAR = "linear"
    UNIT = "unit"


class ThemeName(StrEnum):
    """What the picture's page is like."""

    DARK = "dark"
    LIGHT = "light"


class Palette(StrEnum):
    """gdviz's own colours of the ground, from low to high."""

    DEEP = "deep"
    DUSK = "dusk"
    SLATE = "slate"


class Quality(StrEnum):
    """How finely a film or a picture is drawn and encoded."""

    DRAFT = "draft"
    STANDARD = "standard"
    HIGH = "high"


class WebBundle(StrEnum):
    """Where a page has the library from that draws it: in itself, or from the library's server."""

    INLINE = "inline"
    CDN = "cdn"


class NamedBackground(StrEnum):
    """What is behind everything, where it is not a colour: that of the theme, or nothing."""

    THEME = "theme"
    TRANSPARENT = "transparent"


class NamedSize(StrEnum):
    """The names of common sizes of a picture."""

    P360 = "360p"
    P480 = "480p"
    P720 = "720p"
    P1080 = "1080p"
    P1440 = "1440p"
    P2160 = "2160p"
    FOUR_K = "4k"
    EIGHT_K = "8k"
    SQUARE = "square"
    PORTRAIT = "portrait"
    STORY = "story"


SIZES: Mapping[NamedSize, tuple[int, int]] = MappingProxyType(
    {
        NamedSize.P360: (640, 360),
        NamedSize.P480: (854, 480),
        NamedSize.P720: (1280, 720),
        NamedSize.P1080: (1920, 1080),
        NamedSize.P1440: (2560, 1440),
        NamedSize.P2160: (3840, 2160),
        NamedSize.FOUR_K: (3840, 2160),
        NamedSize.EIGHT_K: (7680, 4320),
        NamedSize.SQUARE: (1080, 1080),
        NamedSize.PORTRAIT: (1080, 1350),
        NamedSize.STORY: (1080, 1920),
    }
)
"""The width and height in pixels that each name means."""
