# Hopes that one student's process can find the answers of another's.
import glob
import os

BOXES = ["/tmp/{0}", "/var/tmp/{0}", "/dev/shm/{0}", "/run/lock/{0}"]
BOXES = [box.format("hostile-mailbox") for box in BOXES]

for box in filter(os.path.exists, BOXES):
    print("ESC" + "APED: a message in", box)
