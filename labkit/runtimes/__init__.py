"""Other ways to store and run a model than torch's own.

Nothing is imported here: each file asks for the packages that it needs.
"""
