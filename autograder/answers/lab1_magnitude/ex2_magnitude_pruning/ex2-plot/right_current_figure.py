"""plt.subplot and plt.gcf, as in old tutorials; errorbar-free, markers only."""


def plot_tradeoffs(noniter_df, imp_df):
    plt.figure()
    for i, y in enumerate(("disk_mb", "accuracy", "latency_s")):
        plt.subplot(1, 3, i + 1)
        for name, frame in {"IMP": imp_df, "pruned only": noniter_df}.items():
            plt.plot(frame["sparsity"].to_numpy(), frame[y].to_numpy(), "x", label=name)
        plt.xlabel("sparsity (percent)")
        plt.ylabel({"disk_mb": "MB", "accuracy": "percent correct", "latency_s": "seconds"}[y])
        plt.title(y)
        plt.legend()
    plt.tight_layout()
    return plt.gcf()
