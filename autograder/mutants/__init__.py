"""Hidden tests judged by answers whose verdict is known: right ones pass, each wrong one fails.

`autograder/answers/<lab>/<notebook>/<cell>/` holds answers to one task each, as files with the
content of its solution cell (`ex2-prune` for the cell `ex2-prune-task`). `right_*.py` must score
full marks. `wrong_*.py` makes one mistake, which its second line `# fails: test_name` says who must
catch; it must cost nothing elsewhere.

In reading order: `answers` finds them, `judge` says what grading made of one, `verdicts` keeps what
was judged well, `run` judges those that are left, `certificate` says that a whole lab is through,
`table` shows it.
"""

from autograder.mutants.answers import ANSWERS, Answer, find_answers, lean_notebook
from autograder.mutants.judge import Row, judge
from autograder.mutants.run import judge_answers, run_mutants
from autograder.mutants.table import mutants_markdown, mutants_table

__all__ = [
    "ANSWERS",
    "Answer",
    "Row",
    "find_answers",
    "judge",
    "judge_answers",
    "lean_notebook",
    "mutants_markdown",
    "mutants_table",
    "run_mutants",
]
