"""Grading on Gradescope: the zip that an instructor uploads, and what runs in its container.

`archive` builds the zip; the other files run there: `run` supervises, `handed_in` reads what came,
`working` grades it in a process of its own, `results` writes what Gradescope shows.
"""
