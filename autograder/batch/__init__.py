"""The grading of a whole class: one writer, a ledger, a log, changes of grades, a cluster.

`autograder.grade` puts the parts in order. How one submission is graded is `autograder.grading`'s.
"""
