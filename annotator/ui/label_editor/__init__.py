"""The window in which the labels of a project are edited: as a form, or as CVAT's label JSON."""
