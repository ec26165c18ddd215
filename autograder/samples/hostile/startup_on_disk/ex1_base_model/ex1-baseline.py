# Hopes that a later process picks up a file of this student's.
import os
import site
import sys

for folder in {*site.getsitepackages(), *filter(os.path.isdir, sys.path)}:
    try:
        path = os.path.join(folder, "hostile_corpus.pth")
        open(path, "w").close()
        os.unlink(path)
        print("ESC" + "APED into", folder)
    except OSError:
        pass
