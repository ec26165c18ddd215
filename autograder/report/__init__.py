"""The class report: one self-contained page and one CSV for a graded lab."""

from autograder.report.model import ClassData, StudentRow, TaskRow, TestRow
from autograder.report.page import write_report

__all__ = ["ClassData", "StudentRow", "TaskRow", "TestRow", "write_report"]
