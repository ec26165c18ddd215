"""The untrusted side: everything here runs in the process tree that students' code runs in.

`warm` imports once and forks a `submission`; that forks a `notebook`, which executes cells in a
`shell` and forks a `snapshot` for each hidden test. Files that students' code wrote are looked at
in a submission of their own (`onnx_file`). Nothing here knows a hidden test or an answer.
"""
