"""The annotation values and the pure functions over them: numpy, no Qt, no files."""
