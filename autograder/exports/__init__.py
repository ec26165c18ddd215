"""Grades for other systems: one table for everybody, and Canvas's own CSV with a column filled."""
