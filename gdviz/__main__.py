"""`python -m gdviz` is the same as `gdviz`."""

from gdviz.cli import main

if __name__ == "__main__":
    main()
