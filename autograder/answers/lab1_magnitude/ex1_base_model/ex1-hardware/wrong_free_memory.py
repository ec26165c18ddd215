"""Memory that is free, not all of it."""
# fails: test_hardware_numbers


def hardware_table() -> pd.DataFrame:
    rows = [
        ("CPU", cpu_name()),
        ("Cores", os.cpu_count()),
        ("Memory (GB)", round(psutil.virtual_memory().free / 1e9, 1)),
        ("Operating system", f"{platform.system()} {platform.release()}"),
        ("Python", platform.python_version()),
        ("PyTorch", torch.__version__),
    ]
    return pd.DataFrame(rows, columns=["item", "value"])
