"""The student boundary: the one seam between the trusted side and students' code.

Read in this order: `wire` (frames on a socket), `plain` (Python values as plain data), `inside/`
(the untrusted side: a warm process that forks for each submission, notebook and hidden test),
`views` (plain data as values that a hidden test can trust), `session` and `notebook` (handles),
`student` (the proxy that hidden tests receive).

Arguments travel inwards as pickles that the trusted side made. Everything that travels outwards is
MessagePack that `views` checks: nothing from a student's process is ever unpickled.
"""
