# Hopes that outputs are kept whole.
import os

for _ in range(1000):
    print("x" * 1_000_000)
    os.write(1, b"x" * 1_000_000)
