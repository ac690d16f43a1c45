"""Stands before the real PySide6 on the path, so that it cannot be imported: see packaging/checks.py."""

raise ModuleNotFoundError("No module named 'PySide6'", name="PySide6")
