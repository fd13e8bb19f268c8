"""What the C library does with memory that is given back."""

from __future__ import annotations

import ctypes

LARGE = 4 << 20  # bytes
_MMAP_THRESHOLD = -3  # glibc's number for the option


def return_large_blocks() -> None:
    """Have large blocks of memory returned to the system as soon as they are freed, where the C library is glibc's.

    By default it keeps them once some have been freed, and finds no use for those of other sizes: a window that changes
    its size would take more memory each time.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, LARGE)
