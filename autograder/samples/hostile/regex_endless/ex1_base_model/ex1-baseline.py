# Hopes that C code cannot be stopped.
import re

re.match(r"(a|aa)+$", "a" * 200 + "b")
