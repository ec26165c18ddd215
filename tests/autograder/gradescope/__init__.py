"""The zip for Gradescope, unpacked and run in Gradescope's own layout of folders."""

import pytest

# Its assertions are to say what they compared, as those in a test do.
pytest.register_assert_rewrite("tests.autograder.gradescope.specification")
