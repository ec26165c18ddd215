# As slow as a large package on a network drive.
import time

time.sleep(8)
