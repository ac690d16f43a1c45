"""The pixels of a frame as models want them."""

import numpy as np
from numpy.typing import NDArray

from annotator.media.errors import MediaError
from annotator.media.picture import Picture
from annotator.media.pictures import read_picture
from annotator.project.organisation import Frame
from annotator.project.project import Project


def read_frame(project: Project, frame: Frame) -> Picture:
    """Return the decoded picture of a frame, upright. Raises MediaError, InputError where it cannot be read."""
    path = project.media_path(frame)
    if path is None:
        raise MediaError("it has no picture.")
    return read_picture(path, frame.source_index)


def model_pixels(picture: Picture) -> NDArray[np.uint8]:
    """Return (H, W, 3) pixels, blue, green, red, contiguous; what lets through is taken as if it did not."""
    from annotator.media.opencv import cv2

    pixels = np.empty((picture.height, picture.width, 3), np.uint8)
    cv2.cvtColor(picture.pixels, cv2.COLOR_BGRA2BGR, pixels)
    return pixels
