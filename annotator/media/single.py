"""One picture as a file of its own, taken out of a file that holds several."""

from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Final

from numpy.typing import NDArray

from annotator.media.contents import open_content, whole_content
from annotator.media.decoding.tiff import decode_tiff
from annotator.media.errors import MediaError
from annotator.media.header import PictureInfo, check_limits, info_of
from annotator.safe_io import DEFAULT_LIMITS, Limits

_ORIENTATION: Final = 274
_SHORT: Final = 3


def single_picture(
    path: Path, index: int, *, limits: Limits = DEFAULT_LIMITS, root: Path | None = None
) -> bytes | None:
    """Return a picture as the bytes of a file that holds nothing else; None where `path` is such a file.

    index: the page or archive member. A member is given as it is, a page of several as a TIFF file with the same
    samples. Raises MediaError, InputError.
    """
    with open_content(path, index, limits=limits, root=root) as (stream, page):
        info = _info(stream, page)
        if info is not None and info.pages > 1:
            check_limits(info, limits)
            samples, orientation, _ = decode_tiff(whole_content(stream, path, limits), info, page)
            return _tiff(samples, orientation)
        # A member is in memory; whether it is a picture at all is not asked here.
        return stream.getvalue() if isinstance(stream, BytesIO) else None


def _info(stream: BinaryIO, page: int) -> PictureInfo | None:
    """Return the header of a picture; None for a broken file of its own, which can be copied all the same."""
    try:
        return info_of(stream, page)
    except MediaError:
        if page > 0:
            raise
        return None


def _tiff(samples: NDArray[Any], orientation: int) -> bytes:
    """Return a TIFF file with samples (H, W) or (H, W, C), blue first, and what turns them upright."""
    import tifffile

    channels = 1 if samples.ndim == 2 else samples.shape[2]
    if channels >= 3:
        samples = samples[:, :, [2, 1, 0, *range(3, channels)]]
    file = BytesIO()
    tifffile.imwrite(
        file,
        samples,
        photometric="rgb" if channels >= 3 else "minisblack",
        planarconfig=None if samples.ndim == 2 else "contig",
        extrasamples=["unassalpha"] if channels in (2, 4) else None,
        compression="zlib",
        metadata=None,
        software=False,
        extratags=[(_ORIENTATION, _SHORT, 1, orientation, True)],
    )
    return file.getvalue()
