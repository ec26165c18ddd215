"""What can stop a report; each message is one sentence that says what to do."""

from labkit.errors import LabkitError


class ReportError(LabkitError):
    """There is nothing to report on, or no place to write it to."""
