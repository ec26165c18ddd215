"""Python and PyTorch typed in by hand on another machine."""
# fails: test_hardware_versions


def hardware_table() -> pd.DataFrame:
    rows = [
        ("CPU", cpu_name()),
        ("Cores", os.cpu_count()),
        ("Memory (GB)", round(psutil.virtual_memory().total / 1e9, 1)),
        ("Operating system", f"{platform.system()} {platform.release()}"),
        ("Python", "3.8.10"),
        ("PyTorch", torch.__version__),
    ]
    return pd.DataFrame(rows, columns=["item", "value"])
