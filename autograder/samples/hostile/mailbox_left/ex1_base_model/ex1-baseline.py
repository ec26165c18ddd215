# Hopes that one student's process can leave the answers for another's.
import glob
import os

BOXES = ["/tmp/{0}", "/var/tmp/{0}", "/dev/shm/{0}", "/run/lock/{0}"]
BOXES = [box.format("hostile-mailbox") for box in BOXES]

for box in BOXES:
    try:
        open(box, "w").write("the answers")
    except OSError:
        pass
