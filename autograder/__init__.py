"""What only instructors have: hidden tests, and the tooling to release, grade and report."""

__version__ = "0.1.0"
