"""Every value is a text; rows are appended one after the other."""


import sys


def hardware_table() -> pd.DataFrame:
    table = pd.DataFrame(columns=["item", "value"])
    table.loc[0] = ["CPU", cpu_name()]
    table.loc[1] = ["Cores", str(psutil.cpu_count(logical=True))]
    table.loc[2] = ["Memory (GB)", f"{psutil.virtual_memory().total / 1e9:.1f}"]
    table.loc[3] = ["Operating system", platform.system() + " " + platform.version()]
    table.loc[4] = ["Python", sys.version]
    table.loc[5] = ["PyTorch", str(torch.__version__)]
    return table
