"""Memory in GiB (2**30 bytes)."""
# fails: test_hardware_numbers


def hardware_table() -> pd.DataFrame:
    rows = [
        ("CPU", cpu_name()),
        ("Cores", os.cpu_count()),
        ("Memory (GB)", round(psutil.virtual_memory().total / 2**30, 1)),
        ("Operating system", f"{platform.system()} {platform.release()}"),
        ("Python", platform.python_version()),
        ("PyTorch", torch.__version__),
    ]
    return pd.DataFrame(rows, columns=["item", "value"])
