"""Makes the pages of the site, and their pictures, in a folder that Sphinx then reads; `make docs` does both.

Usage: generate.py PAGES PICTURES; PICTURES is kept from one build to the next.
"""

from __future__ import annotations

import sys
from pathlib import Path

from generator.pictures import Pictures
from generator.reference import reference
from generator.staging import write, written


def main() -> None:
    """Make the pages."""
    pages, pictures = Path(sys.argv[1]), Pictures(Path(sys.argv[2]).absolute())
    site = written(Path(__file__).absolute().parents[1], pictures)
    site |= {f"reference/{path}": text.encode() for path, text in reference(pictures).items()}
    pictures.prune()
    site |= {f"pictures/{path.name}": path.read_bytes() for path in pictures.folder.iterdir()}
    write(site, pages)
    print(f"{pages}: {sum(name.endswith('.md') for name in site)} pages, {pictures.drawn} pictures drawn")


if __name__ == "__main__":
    main()
