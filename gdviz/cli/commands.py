"""All commands, in the order in which help lists them; each imports what it needs when it runs."""

from gdviz.cli import drawing, viewing, tuning, batches, lists, formulas, examination  # noqa: F401, I001  # adds the commands, in this order
from gdviz.cli.app import app

__all__ = ["app"]
