def hardware_table():
    df = pd.DataFrame(columns=["item", "value"])
    df.loc[len(df)] = ["CPU", cpu_name()]
    df.loc[len(df)] = ["Cores", psutil.cpu_count(logical=True)]
    df.loc[len(df)] = ["Memory (GB)", psutil.virtual_memory().total / 10**9]
    df.loc[len(df)] = ["Operating system", platform.platform() + " (" + platform.system() + " " + platform.release() + ")"]
    df.loc[len(df)] = ["Python", platform.python_version()]
    df.loc[len(df)] = ["PyTorch", str(torch.__version__)]
    return df
