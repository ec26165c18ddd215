"""Rows in another order."""
# fails: test_hardware_rows


def hardware_table() -> pd.DataFrame:
    rows = [
        ("Cores", os.cpu_count()),
        ("CPU", cpu_name()),
        ("Memory (GB)", round(psutil.virtual_memory().total / 1e9, 1)),
        ("Operating system", f"{platform.system()} {platform.release()}"),
        ("Python", platform.python_version()),
        ("PyTorch", torch.__version__),
    ]
    return pd.DataFrame(rows, columns=["item", "value"])
