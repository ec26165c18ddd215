import sys
import warnings

warnings.warn("my own warning", UserWarning)
print("debug output on stderr", file=sys.stderr)
