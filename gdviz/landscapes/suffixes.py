"""The suffixes of files with landscapes. Nothing is imported here, so that shells complete names quickly."""

TEXT = (".csv", ".tsv", ".txt", ".dat")
GZIP = tuple(f"{suffix}.gz" for suffix in TEXT)
HDF5 = (".h5", ".hdf5")
SUFFIXES = (".npz", ".npy", *TEXT, *GZIP, *HDF5)


def suffix_of(name: str) -> str:
    """Return the suffix by which a file is read; empty if gdviz does not read landscapes from such files."""
    small = name.lower()
    return next((suffix for suffix in SUFFIXES if small.endswith(suffix)), "")


def stem_of(name: str) -> str:
    """Return a file's name without the suffix by which it is read."""
    return name[: -len(suffix_of(name)) or None]
