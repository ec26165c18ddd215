"""Exports to memory, then saves with the weights beside; the folder is summed up."""

import onnx


def export_onnx(model, path, example_input):
    program = torch.onnx.export(
        effective_copy(model).eval(),
        (example_input,),
        dynamo=True,
        dynamic_shapes=({0: torch.export.Dim.DYNAMIC},),
        verbose=False,
    )
    Path(path + ".data").unlink(missing_ok=True)
    onnx.save_model(
        program.model_proto,
        path,
        save_as_external_data=True,
        location=Path(path).name + ".data",
        size_threshold=0,
    )
    folder = Path(path).parent
    written = [file for file in folder.iterdir() if file.name.startswith(Path(path).name)]
    return sum(file.stat().st_size for file in written) / 1e6


def onnx_latency(path, batch, warmup=10, repeats=50):
    session = open_session(path)
    times_s = []
    for number in range(warmup + repeats):
        start = time.perf_counter()
        run_session(session, batch)
        if number >= warmup:
            times_s.append(time.perf_counter() - start)
    return float(np.median(times_s))
