"""Errors that an instructor reads: one sentence, what was expected, what came, how to fix it."""

from __future__ import annotations


class CourseError(Exception):
    """Something about the course folder or a command's arguments is not as it must be."""
