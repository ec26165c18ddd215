OPTIONS = "A", "B", "C"  # all of them, for the pictures
