"""One family of icons, coloured by the theme: outlines on a grid of 24, drawn at 18 pixels."""

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtGui import QGuiApplication, QIcon, QImageReader, QPixmap

from annotator.ui.look.tokens import ICON, Tokens
from annotator.ui.resources import resource_path

# Of title bars, of lists of windows and of what shows the running programs; pixels.
_PROGRAM_SIZES: Final = (16, 24, 32, 48, 64, 128)


def program_icon() -> QIcon:
    """Return the picture by which a person finds the windows of the program among those of others."""
    made = QIcon()
    for size in _PROGRAM_SIZES:
        made.addPixmap(icon_pixmap("annotator", "", size))
    return made


def icon(name: str, colours: Tokens, size: int = ICON) -> QIcon:
    """Return an icon in the colours of a theme: the accent while it is switched on, faint while disabled."""
    made = QIcon()
    ratios = {1.0, *(screen.devicePixelRatio() for screen in QGuiApplication.screens())}
    for mode, state, colour in (
        (QIcon.Mode.Normal, QIcon.State.Off, colours.text),
        (QIcon.Mode.Normal, QIcon.State.On, colours.accent),
        (QIcon.Mode.Active, QIcon.State.On, colours.accent),
        (QIcon.Mode.Disabled, QIcon.State.Off, colours.faint),
        (QIcon.Mode.Disabled, QIcon.State.On, colours.faint),
    ):
        for ratio in sorted(ratios):
            made.addPixmap(icon_pixmap(name, colour, size, ratio), mode, state)
    return made


@lru_cache(maxsize=512)
def icon_pixmap(name: str, colour: str, size: int = ICON, ratio: float = 1.0) -> QPixmap:
    """Return one picture of an icon: `size` device-independent pixels wide."""
    # The picture plugin draws SVG without the import of QtSvg, which would cost time at the start.
    buffer = QBuffer()
    buffer.setData(QByteArray(_source(name).replace(b"currentColor", colour.encode())))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(b"svg"))
    side = round(size * ratio)
    reader.setScaledSize(QSize(side, side))
    pixmap = QPixmap.fromImage(reader.read())
    if pixmap.isNull():
        raise FileNotFoundError(f"The icon {name} cannot be drawn: {reader.errorString()}")
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


@lru_cache(maxsize=128)
def _source(name: str) -> bytes:
    with open(resource_path("icons", f"{name}.svg"), "rb") as stream:
        return stream.read()
