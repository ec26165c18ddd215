"""nbgrader's settings for this course; stock `nbgrader` commands and `autograder` both read it."""

from pathlib import Path

root = Path(__file__).resolve().parent

c = get_config()  # noqa: F821  (defined by traitlets)

c.CourseDirectory.root = str(root)
c.CourseDirectory.course_id = "pruning"
c.CourseDirectory.source_directory = "labs"
c.CourseDirectory.release_directory = "build/release"
c.CourseDirectory.submitted_directory = "build/submitted"
c.CourseDirectory.autograded_directory = "build/autograded"
c.CourseDirectory.feedback_directory = "build/feedback"
c.CourseDirectory.solution_directory = "build/solution"
c.CourseDirectory.db_url = f"sqlite:///{root / 'build' / 'gradebook.db'}"
(root / "build").mkdir(exist_ok=True)

# Submissions are rebuilt around the source, executed in a process of their own and scored by
# hidden tests; see autograder/nbgrader_bridge.py. What lateness costs stands in course.toml.
c.Autograde.exporter_class = "autograder.nbgrader_bridge.SubmissionExporter"
# Links in a submission are put where nbgrader does not copy them from.
c.Autograde.pre_convert_hook = "autograder.collecting.setting_aside.before_copying"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", ".set-aside"]
# nbgrader would also clear outputs, ids and kernel, and check metadata: all are the source's own.
c.Autograde.sanitize_preprocessors = ["autograder.gradebook.OverwriteReleasedCells"]
c.Autograde.autograde_preprocessors = [
    "autograder.nbgrader_bridge.ExecuteAndTest",
    "nbgrader.preprocessors.LimitOutput",
    "autograder.manual.SaveScores",
    "autograder.penalties.AssignCoursePenalties",
    "autograder.feedback.sanitizing.SanitizeOnce",
]
c.GenerateFeedback.preprocessors = [
    "autograder.gradebook.GetScores",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]

# nbconvert's pages, written once instead of written, read and written again.
c.GenerateFeedback.exporter_class = "autograder.feedback.exporter.FeedbackExporter"
c.HTMLExporter.filters = {"markdown2html": "autograder.feedback.exporter.safe_markdown"}

# A notebook is validated once all steps have run, not after each of them.
c.SubmissionExporter.optimistic_validation = True
c.FeedbackExporter.optimistic_validation = True

# What students wrote is shown to them and to instructors, never run as part of a page. The last
# step, since it changes the text by which nbgrader knows an answer that was not given.
c.SanitizeHTML.enabled = True
c.SanitizeHTML.tags = (
    "a abbr b blockquote br code dd details div dl dt em h1 h2 h3 h4 h5 h6 hr i li ol p pre span "
    "strong sub summary sup table tbody td th thead tr ul"
).split()

# `nbgrader zip_collect` takes the zips of `labkit submit`, as Canvas or Moodle bundle them.
c.FileNameCollectorPlugin.named_regexp = (
    r".*[/\\][^/\\]*lab\d\w*-(?P<student_id>[^/\\]+)[/\\](?:[^/\\]+[/\\])?"
    r"(?P<file_id>ex\d[^/\\]*)\.ipynb$"
)
