"""The one place that imports cv2.

opencv-python brings a Qt of its own and points two environment variables at it, which would then govern our
Qt and every program started from here. They are put back as they were. cv2's own windows must not be used.
"""

import os
from typing import Final

_QT_VARIABLES: Final = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")

_before = {name: os.environ.get(name) for name in _QT_VARIABLES}

import cv2 as cv2  # noqa: E402, TID251 - this is the shim

for _name, _value in _before.items():
    if _value is None:
        os.environ.pop(_name, None)
    else:
        os.environ[_name] = _value

# What is wrong with a picture is said in our own words; the log would only repeat it on the terminal.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
