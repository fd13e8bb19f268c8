"""The command line: it reads flags, calls the library, and prints."""
