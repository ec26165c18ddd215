"""The version of another package."""
# fails: test_hardware_versions


def hardware_table() -> pd.DataFrame:
    rows = [
        ("CPU", cpu_name()),
        ("Cores", os.cpu_count()),
        ("Memory (GB)", round(psutil.virtual_memory().total / 1e9, 1)),
        ("Operating system", f"{platform.system()} {platform.release()}"),
        ("Python", platform.python_version()),
        ("PyTorch", "0.1.0"),
    ]
    return pd.DataFrame(rows, columns=["item", "value"])
