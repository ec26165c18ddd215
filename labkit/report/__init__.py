"""The PDF report that a lab asks for, from executed notebooks.

Read in this order: `notebook` (cells), `outline` (what goes where), `tables`, `pictures`,
`listings`, `prose` (one kind of piece each), `pieces`, `collect` (fill the outline), `typeset`,
`build`.
"""

from labkit.report.build import Written, build_report
from labkit.report.errors import ReportError

__all__ = ["ReportError", "Written", "build_report"]
