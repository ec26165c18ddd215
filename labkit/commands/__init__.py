"""Commands of `labkit`, one file for each group; heavy imports happen inside the functions."""
