# Prints what a snapshot of the check above left behind.
import os

print("found:", open("found.txt").read() if os.path.exists("found.txt") else "nothing")
