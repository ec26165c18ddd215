# Hopes that the kernel kills somebody else.
kept = []
while True:
    kept.append(b"x" * 100_000_000)
