# A logger's thread is no attack.
import threading
import time


def log():
    while True:
        time.sleep(0.1)


threading.Thread(target=log, daemon=True).start()
