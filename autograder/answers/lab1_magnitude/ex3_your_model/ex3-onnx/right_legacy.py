"""The older exporter, one file, quartiles by torch."""


def export_onnx(model, path, example_input):
    plain = effective_copy(model).eval()
    torch.onnx.export(
        plain,
        (example_input,),
        path,
        dynamo=False,
        input_names=["x"],
        output_names=["y"],
        dynamic_axes={"x": {0: "batch"}, "y": {0: "batch"}},
    )
    return Path(path).stat().st_size / 1e6


def onnx_latency(path, batch, warmup=10, repeats=50):
    session = open_session(path)
    for _ in range(warmup):
        run_session(session, batch)

    def seconds():
        start = time.perf_counter()
        run_session(session, batch)
        return time.perf_counter() - start

    return torch.tensor([seconds() for _ in range(repeats)], dtype=torch.float64).median()
