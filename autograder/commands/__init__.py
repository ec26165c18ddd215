"""Commands of `autograder` that have a file of their own."""
