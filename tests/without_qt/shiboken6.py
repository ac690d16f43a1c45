"""Stands before the real shiboken6 on the path, so that it cannot be imported: see packaging/checks.py."""

raise ModuleNotFoundError("No module named 'shiboken6'", name="shiboken6")
