"""Returns a dict, no DataFrame."""
# fails: test_hardware_rows, test_hardware_numbers, test_hardware_versions


def hardware_table() -> pd.DataFrame:
    rows = [
        ("CPU", cpu_name()),
        ("Cores", os.cpu_count()),
        ("Memory (GB)", round(psutil.virtual_memory().total / 1e9, 1)),
        ("Operating system", f"{platform.system()} {platform.release()}"),
        ("Python", platform.python_version()),
        ("PyTorch", torch.__version__),
    ]
    return dict(rows)
