# Hopes that a child whose keeper is dead lives on.
import os
import signal
import time

if os.fork() == 0:
    os.setsid()
    time.sleep(600)
    os._exit(0)
parent = os.getppid()
grandparent = int(open(f"/proc/{parent}/stat").read().rpartition(")")[2].split()[1])
for pid in (grandparent, parent):
    if pid > 1:
        os.kill(pid, signal.SIGKILL)
os._exit(0)
