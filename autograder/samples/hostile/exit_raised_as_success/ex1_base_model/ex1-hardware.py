# Hopes that the exception of another test framework crosses the boundary: skip, xfail, exit.
def hardware_table():
    import pytest

    pytest.skip("nothing to see", allow_module_level=True)
