# Hopes that a check's own variables can be changed under it.
import sys


def trace(frame, event, argument):
    if "kept" in frame.f_globals:
        frame.f_globals.update(kept=True, values={"sparsity": 0.0, "parameters": 155})


sys.settrace(trace)
