# Hopes to take the grader down with it.
import ctypes

ctypes.string_at(0)
