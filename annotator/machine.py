"""What the program needs from the machine around it: system libraries and a screen.

A pip install cannot bring shared libraries such as libEGL, and Qt ends the process where one is missing
instead of raising. So they are looked for beforehand. Only the standard library is used here, because
`packaging/run.py` asks these questions before anything is installed.
"""

import ctypes
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SystemLibrary:
    """A shared library by the name the loader knows, and the Debian package that holds it."""

    file_name: str
    package: str


# What the wheels in constraints.txt name as NEEDED and do not carry themselves (objdump -p).
PIXELS = (  # cv2, for every part of the program
    SystemLibrary("libGL.so.1", "libgl1"),
    SystemLibrary("libglib-2.0.so.0", "libglib2.0-0"),
    SystemLibrary("libgthread-2.0.so.0", "libglib2.0-0"),
    SystemLibrary("libxcb.so.1", "libxcb1"),
)
WINDOW = (  # QtGui and QtWidgets, on whatever screen
    SystemLibrary("libEGL.so.1", "libegl1"),
    SystemLibrary("libX11.so.6", "libx11-6"),
    SystemLibrary("libdbus-1.so.3", "libdbus-1-3"),
    SystemLibrary("libfontconfig.so.1", "libfontconfig1"),
    SystemLibrary("libfreetype.so.6", "libfreetype6"),
    SystemLibrary("libxkbcommon.so.0", "libxkbcommon0"),
)
X11 = (  # Qt's xcb platform. Qt names libxcb-cursor0 whichever of these is the missing one.
    SystemLibrary("libX11-xcb.so.1", "libx11-xcb1"),
    SystemLibrary("libxcb-cursor.so.0", "libxcb-cursor0"),
    SystemLibrary("libxcb-glx.so.0", "libxcb-glx0"),
    SystemLibrary("libxcb-icccm.so.4", "libxcb-icccm4"),
    SystemLibrary("libxcb-image.so.0", "libxcb-image0"),
    SystemLibrary("libxcb-keysyms.so.1", "libxcb-keysyms1"),
    SystemLibrary("libxcb-randr.so.0", "libxcb-randr0"),
    SystemLibrary("libxcb-render-util.so.0", "libxcb-render-util0"),
    SystemLibrary("libxcb-render.so.0", "libxcb-render0"),
    SystemLibrary("libxcb-shape.so.0", "libxcb-shape0"),
    SystemLibrary("libxcb-shm.so.0", "libxcb-shm0"),
    SystemLibrary("libxcb-sync.so.1", "libxcb-sync1"),
    SystemLibrary("libxcb-util.so.1", "libxcb-util1"),
    SystemLibrary("libxcb-xfixes.so.0", "libxcb-xfixes0"),
    SystemLibrary("libxcb-xkb.so.1", "libxcb-xkb1"),
    SystemLibrary("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
)
WAYLAND = (  # Qt's wayland platform; without them Qt uses X11, which a Wayland desktop offers too
    SystemLibrary("libwayland-client.so.0", "libwayland-client0"),
    SystemLibrary("libwayland-cursor.so.0", "libwayland-cursor0"),
    SystemLibrary("libwayland-egl.so.1", "libwayland-egl1"),
)


def missing_packages(libraries: Iterable[SystemLibrary]) -> tuple[str, ...]:
    """The Debian packages of those libraries that the loader cannot load, each once, in order.

    Empty on Windows and macOS, where the wheels carry everything.
    """
    if sys.platform != "linux":
        return ()
    return tuple(dict.fromkeys(each.package for each in libraries if not _loads(each.file_name)))


def apt_line(packages: Iterable[str]) -> str:
    """The one command that installs these packages on Debian and Ubuntu."""
    return " ".join(["sudo apt-get install --no-install-recommends", *packages])


def screen_problem(environment: Mapping[str, str]) -> str | None:
    """Why no window can be shown, as a sentence for the user; None where one can.

    environment: as in `os.environ`. QT_QPA_PLATFORM is the user's own choice and is believed.
    """
    if sys.platform != "linux":
        return None
    if any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
        return None
    return (
        "There is no screen for the window: neither DISPLAY nor WAYLAND_DISPLAY is set. "
        "Start the program from a desktop session or through ssh -X; "
        "its commands work without a screen, see --help."
    )


def _loads(file_name: str) -> bool:
    try:
        ctypes.CDLL(file_name)
    except OSError:
        return False
    return True
