"""nbconvert's sanitizing of what students wrote, once for a text that a whole class has.

Most of it is the handout's prose and tables of verdicts, the same for everybody; parsing them anew
for each student was an eighth of recording.
"""

from __future__ import annotations

from nbconvert.preprocessors.sanitize import SanitizeHTML

MOST_TEXTS, LONGEST = 1024, 20_000  # kept texts and characters of one: 20 MB at most

_clean: dict[tuple[object, ...], str] = {}


class SanitizeOnce(SanitizeHTML):
    """Sanitizes by the rules of `SanitizeHTML` in the configuration, and remembers the result."""

    def sanitize_html_tags(self, html_str: str) -> str:
        """The text with nothing in it but allowed tags and attributes."""
        if len(html_str) > LONGEST:
            return str(super().sanitize_html_tags(html_str))
        lists = tuple(self.tags), tuple(self.styles), repr(self.attributes)
        key = (html_str, *lists, self.strip, self.strip_comments)
        if key not in _clean:
            if len(_clean) >= MOST_TEXTS:
                _clean.clear()
            _clean[key] = str(super().sanitize_html_tags(html_str))
        return _clean[key]
