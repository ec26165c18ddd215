"""Feedback pages with the tasks on top, without the second reading of each that nbconvert does.

nbconvert's HTML exporter parses what it has written with BeautifulSoup, to describe pictures that
have no description: two thirds of the time that a feedback page takes. Here such pictures get
theirs before the page is written. `nbgrader_config.py` names this class; the page is
`templates/feedback_page`, which extends nbgrader's.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import nbgrader
from jinja2 import BytecodeCache, Environment, pass_context
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbformat import NotebookNode
from traitlets.config import Config

from autograder.feedback.sanitizing import LONGEST
from autograder.feedback.tasks import graded_tasks, page_title

TEMPLATES = Path(__file__).parent / "templates"
NBGRADERS = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"
PICTURES = ("image/png", "image/jpeg")
NO_DESCRIPTION = "a figure of the notebook"


class CompiledTemplates(BytecodeCache):
    """The compiled templates of this process; nbgrader makes an exporter for each student."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template's code where it has been compiled before."""
        if code := self._codes.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template's code."""
        self._codes[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


COMPILED = CompiledTemplates()


@functools.lru_cache(maxsize=512)
def _highlighted(lexer: str, source: str, magics: str, options: tuple[tuple[str, Any], ...]) -> str:
    highlight = Highlight2HTML(pygments_lexer=lexer, extra_formatter_options=dict(options))
    return str(highlight(source, metadata={"magics_language": magics} if magics else None))


class KeptHighlight(Highlight2HTML):
    """Code in colours, worked out once for a cell that a whole class has."""

    def __call__(
        self, source: str, language: str | None = None, metadata: dict[str, Any] | None = None
    ) -> str:
        """As nbconvert's own, for which a cell's metadata say at most a language."""
        magics = str((metadata or {}).get("magics_language", ""))
        options = tuple(self.extra_formatter_options.items())
        return _highlighted(language or self.pygments_lexer, source, magics, options)


class FeedbackExporter(HTMLExporter):
    """nbconvert's HTML exporter with descriptions of pictures put into the notebook."""

    @property
    def default_config(self) -> Config:
        """The page of this course; formgrader's pages are other exporters' and stay as they are."""
        config = Config(super().default_config)
        config.FeedbackExporter.template_name = "feedback_page"
        config.FeedbackExporter.extra_template_basedirs = [str(TEMPLATES), str(NBGRADERS)]
        return config

    def get_prefix_root_dirs(self) -> list[str]:
        """Where templates are named by their whole path, as ours names nbgrader's."""
        return [*super().get_prefix_root_dirs(), str(NBGRADERS)]

    def default_filters(self) -> Iterable[tuple[str, Callable[..., Any]]]:
        """nbconvert's, and what the page's head is made of."""
        yield from super().default_filters()
        yield from (("graded_tasks", graded_tasks), ("page_title", page_title))

    def _create_environment(self) -> Environment:
        environment = super()._create_environment()
        environment.bytecode_cache = COMPILED
        return environment

    def from_notebook_node(  # type: ignore[override]  # as nbconvert's own
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Convert a notebook to a page; the notebook gets descriptions of its pictures."""
        describe_pictures_(nb)
        resources = self._init_resources(resources)
        language = nb.metadata.get("language_info", {})
        lexer = language.get("pygments_lexer", language.get("name"))
        widgets = WidgetsDataTypeFilter(
            notebook_metadata=self._nb_metadata, parent=self, resources=resources
        )
        self.register_filter("highlight_code", KeptHighlight(pygments_lexer=lexer, parent=self))
        self.register_filter("filter_data_type", widgets)
        # Past HTMLExporter, whose method would parse the page again.
        return TemplateExporter.from_notebook_node(self, nb, resources, **kw)


@pass_context
def safe_markdown(context: Context, source: str) -> str:
    """Nbconvert's filter for Markdown, with links that run something made harmless.

    Named by `HTMLExporter.filters`, so that formgrader shows the same.
    """
    attachments = context.get("cell", {}).get("attachments", {})
    own = attachments or len(source) > LONGEST
    return _rendered(source, attachments) if own else _rendered_once(source)


def _rendered(source: str, attachments: Mapping[str, Any]) -> str:
    renderer = IPythonRenderer(
        escape=False,
        allow_harmful_protocols=False,
        attachments=dict(attachments),
        exclude_anchor_links=True,
    )
    return str(MarkdownWithMath(renderer=renderer).render(source))


@functools.lru_cache(maxsize=512)
def _rendered_once(source: str) -> str:
    """Prose of the handout, which a whole class has."""
    return _rendered(source, {})


def describe_pictures_(notebook: NotebookNode) -> None:
    """Give each picture among the outputs a description where it has none, in place."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            for kind in PICTURES:
                if kind in output.get("data", {}):
                    output.metadata.setdefault(kind, {}).setdefault("alt", NO_DESCRIPTION)
