"""The two walls around students' code, as the trusted side chooses and builds them.

`isolation` names the levels, `probing` finds out by trying which of them a machine can give,
`outer` starts a warm process in the box that `bubblewrap` or `container` describes, `environment`
says what can be seen in it. The inner wall is put up by the process that it holds:
`autograder.boundary.inside.wall`.
"""
