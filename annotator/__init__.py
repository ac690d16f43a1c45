"""Label pictures and videos on your own computer: offline, with local models, nothing lost."""

__version__ = "0.1.0"
