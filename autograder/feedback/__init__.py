"""What students get back: `exporter` writes pages, `tasks` their head, `verdicts` their tables."""
