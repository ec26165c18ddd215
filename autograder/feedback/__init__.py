"""The pages that students get back: `exporter` writes them, `tasks` says what stands on top."""
