"""All commands, in the order in which help lists them; what one needs is imported when it runs."""

from gdviz.cli import drawing, batches, lists, formulas, examination  # noqa: F401, I001  # each adds its commands
from gdviz.cli.app import app

__all__ = ["app"]
