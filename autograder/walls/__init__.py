"""The two walls around students' code, as the trusted side chooses and builds them.

`isolation` names the levels, `probing` finds out by trying which of them a machine can give,
`outer` builds the box around a warm process. The inner wall is put up by the process that it holds:
`autograder.boundary.inside.wall`.
"""
