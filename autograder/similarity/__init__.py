"""Suspiciously alike solutions in a class: hints for a person, never a verdict.

In reading order: `shape` turns code into tokens that renaming and reformatting leave as they are,
`tokens` does what it can for text that is no valid Python, `fingerprints` picks some runs of tokens
of each (winnowing), `documents` reads the class, `compare` finds who shares rare ones, `page` and
`table` show it.

Why not copydetect 0.5, which winnows tokens, too: it takes every name for the same, so that
`.abs()` is `.topk()` and the short answers of a lab look alike (1 to 8 % of pairs of independently
written right answers, by its settings); it cannot tell the obvious from the rare; it compares each
pair of files, half a million for a thousand students; and its command makes the page itself.
"""
