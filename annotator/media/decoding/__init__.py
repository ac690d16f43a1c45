"""From the bytes of a picture file to samples: libjpeg-turbo for JPEG, OpenCV for the rest, tifffile for some TIFF."""
