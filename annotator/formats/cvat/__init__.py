"""CVAT's XML and its label lists."""
