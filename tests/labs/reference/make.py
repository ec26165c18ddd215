"""Make the stored results anew: `python -m tests.labs.reference.make`, then read the difference.

Each `<notebook>.txt` here lists expressions, one a line, that are evaluated behind the solution
notebook on the offline data. They hold what does not depend on the processor: sparsities, sizes,
counts, and that accuracies lie in their range.
"""

import nbformat

from tests.labs.nbval import CHECKED, REFERENCE, expressions, run


def main() -> None:
    """Execute each notebook and write what its expressions gave."""
    for name in CHECKED:
        notebook = run(name)
        last = notebook.cells[-len(expressions(name)) :]
        bare = nbformat.v4.new_notebook(cells=last)
        nbformat.write(bare, REFERENCE / f"{name}.ipynb")
        print(name, [cell.outputs[0]["data"]["text/plain"] for cell in last])


if __name__ == "__main__":
    main()
