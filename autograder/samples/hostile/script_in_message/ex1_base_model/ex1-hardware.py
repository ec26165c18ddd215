# Hopes that feedback quotes an exception as it is.
def hardware_table():
    name = "<script>hostile()</script>`<img src=x onerror=hostile()>`"
    raise type(name, (Exception,), {})(name + "\n\x1b[2J")
