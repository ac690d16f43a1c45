"""Dataset formats: the hand-over type, one module for each format, the registry, detection and reports.

Formats take and give values; they know neither the project nor Qt.
"""
