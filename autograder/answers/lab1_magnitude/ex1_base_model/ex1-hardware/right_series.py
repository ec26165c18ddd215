"""A Series turned into a table, with an odd index."""


def hardware_table():
    info = pd.Series(
        {
            "CPU": cpu_name(),
            "Cores": os.cpu_count(),
            "Memory (GB)": round(psutil.virtual_memory().total * 1e-9, 2),
            "Operating system": " ".join(platform.uname()[:3:2]),
            "Python": platform.python_version(),
            "PyTorch": "torch " + torch.__version__,
        }
    )
    table = info.rename_axis("item").reset_index(name="value")
    table.index = list("abcdef")
    return table
