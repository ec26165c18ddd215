# Prints what a snapshot of the check above left in shared memory.
print("found:", shared[:].rstrip(b"\0").decode(errors="replace"))
