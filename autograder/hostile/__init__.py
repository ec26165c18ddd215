"""The hostile corpus: submissions that attack the grader, each with the verdict that is due.

`samples` reads and builds them, `notebook_edits` and `folder_edits` make what text files cannot
say, `verdict` compares what was due with what grading gave. Nothing here runs or grades anything:
some samples fork, fill and kill, so they belong into the sandbox and nowhere else.
"""
