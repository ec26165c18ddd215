def plot_tradeoffs(noniter_df, imp_df):
    fig = Figure(figsize=(6, 9))
    top, middle, bottom = fig.subplots(3, 1, sharex=True)
    noniter_df.plot(x="sparsity", y="disk_mb", ax=top, label="pruned only", marker="o")
    imp_df.plot(x="sparsity", y="disk_mb", ax=top, label="IMP", marker="x")
    top.set_ylabel("file size [MB]")
    ms = [1000 * value for value in noniter_df.latency_s]
    middle.plot(noniter_df.sparsity, ms, "o-", label="pruned only")
    ms = [1000 * value for value in imp_df.latency_s]
    middle.plot(imp_df.sparsity, ms, "x--", label="IMP")
    middle.set_ylabel("latency [ms]")
    bottom.plot(noniter_df["sparsity"], noniter_df["accuracy"], "o-", label="pruned only")
    bottom.plot(imp_df["sparsity"], imp_df["accuracy"], "x--", label="IMP")
    bottom.set_ylabel("accuracy [%]")
    for axes in (top, middle, bottom):
        axes.set_xlabel("sparsity [%]")
        axes.legend()
    return fig
