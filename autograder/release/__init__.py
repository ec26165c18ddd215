"""From source to student edition: strip answers, prove that none is left, pack the folder."""
