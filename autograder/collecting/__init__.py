"""The way in of submissions: from what a learning platform gives to nbgrader's folders."""
