"""Turning stored pixels upright: the one place where EXIF orientation is applied."""

from annotator.media.buffers import Lend, Pixels


def upright(pixels: Pixels, orientation: int, lend: Lend) -> Pixels:
    """Return pixels (H, W, C) as a viewer has to show them; orientation is EXIF's, 1 to 8.

    Source: Exif 2.32 (CIPA DC-008), tag 274: which edge of the scene the first row and the first column are.
    """
    from annotator.media.opencv import cv2

    if orientation == 1:
        return pixels
    height, width, channels = pixels.shape
    result = lend((width, height, channels) if orientation >= 5 else pixels.shape)
    match orientation:
        case 2:
            cv2.flip(pixels, 1, result)
        case 3:
            cv2.rotate(pixels, cv2.ROTATE_180, result)
        case 4:
            cv2.flip(pixels, 0, result)
        case 5:
            cv2.transpose(pixels, result)
        case 6:
            cv2.rotate(pixels, cv2.ROTATE_90_CLOCKWISE, result)
        case 7:
            cv2.transpose(cv2.rotate(pixels, cv2.ROTATE_180), result)
        case 8:
            cv2.rotate(pixels, cv2.ROTATE_90_COUNTERCLOCKWISE, result)
    return result
