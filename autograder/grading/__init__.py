"""Executing submissions: a pure function of submission, lab, hidden tests, labkit and seed.

`notebook` grades one notebook in a forked process, `hidden` runs its hidden tests, `store` keeps
results by content, `pool` fills the store with several workers. Recording is `recording`'s.
"""
