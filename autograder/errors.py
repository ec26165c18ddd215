"""Errors that an instructor reads: one sentence, what was expected, what came, how to fix it."""

from __future__ import annotations


class CourseError(Exception):
    """Something about the course folder or a command's arguments is not as it must be."""


class HiddenTestsBroken(Exception):
    """The hidden tests of an exercise cannot be collected or do not fit its tasks."""
