"""Receipts: for each recorded grade a signed record of what it was for and what it came from.

`content` says what stands in one, `signing` seals it, `keeping` writes it beside earlier ones,
`finding` finds the submission that it is about, `replaying` grades that one again and compares.
"""
