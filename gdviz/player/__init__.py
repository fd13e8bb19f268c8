"""What a window does with a film: plays it, turns it, and keeps keyframes. Numbers and marks only; no VTK."""
