"""What `make docs` makes beside the pages that people write: their pictures, and the reference."""
