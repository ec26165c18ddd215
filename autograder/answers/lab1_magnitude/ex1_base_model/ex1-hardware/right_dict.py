"""A dict of columns; memory not rounded."""


def hardware_table():
    return pd.DataFrame(
        {
            "item": ["CPU", "Cores", "Memory (GB)", "Operating system", "Python", "PyTorch"],
            "value": [
                cpu_name(),
                os.cpu_count(),
                psutil.virtual_memory().total / 10**9,
                platform.platform(),
                platform.python_version(),
                torch.__version__,
            ],
        }
    )
