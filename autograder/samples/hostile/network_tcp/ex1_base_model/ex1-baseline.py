# Hopes to fetch an answer. Without a network even an address that nobody has is refused at once.
import errno
import socket

with socket.socket() as sock:
    sock.settimeout(3)
    code = sock.connect_ex(("192.0.2.1", 443))
if code not in (errno.ENETUNREACH, errno.EPERM, errno.EACCES):
    print("ESC" + "APED by TCP", errno.errorcode.get(code))
