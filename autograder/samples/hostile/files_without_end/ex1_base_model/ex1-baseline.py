# Hopes that only bytes are counted, not files.
number = 0
while True:
    open(f"file-{number}", "w").close()
    number += 1
