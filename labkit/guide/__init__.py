"""The student's way through a lab: check a task at once, expect a wait, carry functions over.

Does: find the notebooks of the lab, run visible checks, tell times, take over earlier answers.
Does not: grade; hidden tests never leave the instructor. Nothing here ends in a traceback, since
it runs in the cells of somebody who is busy with something else.
"""

from labkit.guide.carrying import carry_over
from labkit.guide.checking import check
from labkit.guide.timing import times

__all__ = ["carry_over", "check", "times"]
