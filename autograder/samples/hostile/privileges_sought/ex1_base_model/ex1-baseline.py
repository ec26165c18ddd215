# Hopes that something here runs as root.
import ctypes
import os
import subprocess

libc = ctypes.CDLL(None, use_errno=True)
if libc.mount(b"none", b"/mnt", b"tmpfs", 0, None) == 0:
    print("ESC" + "APED by mount")
for path in ("/dev/sda", "/dev/mem", "/dev/kmsg", "/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern"):
    if os.access(path, os.W_OK):
        print("ESC" + "APED to", path)
if subprocess.run("sudo -n id || su -c id", shell=True, capture_output=True).returncode == 0:
    print("ESC" + "APED by sudo")
