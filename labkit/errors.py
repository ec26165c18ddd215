"""Named errors, one for each kind of trouble a user can fix.

Each message is one or two sentences: what was expected, what came, how to fix it. The command line
prints the message alone, without a traceback.
"""


class LabkitError(Exception):
    """Something the user can fix; the message says how."""


class DataError(LabkitError):
    """A data set is missing, damaged or of another kind."""


class CheckpointError(LabkitError):
    """Saved weights do not fit the model, or the file is no checkpoint."""


class PruningError(LabkitError):
    """An amount, a parameter list or an initial state that pruning cannot use."""


class RunError(LabkitError):
    """A results file cannot be resumed, since it belongs to another run."""


class PlotError(LabkitError):
    """A table lacks the columns that a plot needs."""


class VariantError(LabkitError):
    """`variant.json` is not as the course handed it out."""
