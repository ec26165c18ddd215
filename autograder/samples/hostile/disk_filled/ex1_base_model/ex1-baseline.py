# Hopes that others' results cannot be written any more.
import tempfile

with open("big", "wb") as one, tempfile.NamedTemporaryFile() as other:
    while True:
        one.write(b"x" * 100_000_000)
        other.write(b"x" * 100_000_000)
