# Hopes that a stopped process is waited for, and that its keeper can be stopped, too.
import os
import signal

os.kill(os.getppid(), signal.SIGSTOP)
os.kill(os.getpid(), signal.SIGSTOP)
