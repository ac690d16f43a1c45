"""The layouts of Ultralytics YOLO: one text file for a picture, numbers divided by its size."""
