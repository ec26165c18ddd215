# Hopes that what one notebook leaves behind is there in the next, which costs nothing by itself.
import contextlib
import ctypes
import os
import time

PLACES = ["/tmp/hostile-later", "/dev/shm/hostile-later", "../hostile-later", "../../hostile-later"]

for place in PLACES:
    with contextlib.suppress(OSError):
        open(place, "w").write("from the first notebook")
ctypes.CDLL(None).shmget(4711, 4096, 0o1666)  # memory without a file
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            with contextlib.suppress(OSError):
                open("/tmp/hostile-later", "w").write("from a process of the first notebook")
            time.sleep(0.05)
    os._exit(0)
