"""The COCO family: one JSON file for a subset, annotations in any order."""
