# Comes behind the check, so too late.
def hardware_table():
    rows = [("CPU", cpu_name()), ("Cores", os.cpu_count())]
    rows += [("Memory (GB)", round(psutil.virtual_memory().total / 1e9, 1))]
    rows += [("Operating system", platform.system()), ("Python", platform.python_version())]
    return pd.DataFrame([*rows, ("PyTorch", torch.__version__)], columns=["item", "value"])
