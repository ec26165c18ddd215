# Hopes to find what the first notebook left.
import ctypes
import os
import time

time.sleep(0.5)
PLACES = ["/tmp/hostile-later", "/dev/shm/hostile-later", "../hostile-later", "../../hostile-later"]

for place in filter(os.path.exists, PLACES):
    print("ESC" + "APED: from the notebook before, in", place)
if ctypes.CDLL(None).shmget(4711, 4096, 0) >= 0:
    print("ESC" + "APED: memory of the notebook before")
