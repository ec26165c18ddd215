# Hopes that the memory of processes is all that is counted, and that this stays for other students.
import contextlib
import ctypes
import mmap
import os

SIZE = 100_000_000
libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
libc.shmdt.argtypes = [ctypes.c_void_p]
held = 0
for _ in range(40):
    with contextlib.suppress(OSError):
        held += os.write(os.memfd_create("hostile"), b"x" * SIZE)
    key = libc.shmget(0, SIZE, 0o1666)
    if key >= 0:
        place = libc.shmat(key, None, 0)
        ctypes.memset(place, 1, SIZE)
        libc.shmdt(place)
        held += SIZE
    with contextlib.suppress(OSError):
        shared = mmap.mmap(-1, SIZE)
        shared.write(b"x" * SIZE)
        shared.madvise(mmap.MADV_DONTNEED)
        held += SIZE
if held > 3_000_000_000:
    print("ESC" + "APED: 3 GB that no process has")
