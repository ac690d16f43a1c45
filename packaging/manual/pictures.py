"""Take the pictures of the manual anew: the real window, without a screen, on pictures that the program draws itself.

    python packaging/manual/pictures.py              all of them
    python packaging/manual/pictures.py labels ...   only these scenes
    python packaging/manual/pictures.py --to FOLDER  into another folder than docs/manual/pictures

Nothing of the user's is read or changed: the home folder is a temporary one.
"""

import argparse
import faulthandler
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PICTURES = ROOT / "docs" / "manual" / "pictures"
# Large enough that no window has to give way.
_SCREEN = {"name": "screen", "x": 0, "y": 0, "width": 3840, "height": 2400, "dpr": 1}
_LONGEST_SECONDS = 600


def main(arguments: list[str]) -> int:
    """Take the pictures of the scenes that are named, of all where none is; the result is the exit code."""
    parser = argparse.ArgumentParser(description="Take the pictures of the manual anew.")
    parser.add_argument("scenes", nargs="*")
    parser.add_argument("--to", type=Path, default=PICTURES)
    wanted = parser.parse_args(arguments)
    # Always the same one, because it is seen on the pictures.
    home = Path(tempfile.gettempdir()) / "manual"
    try:
        home.mkdir()
    except FileExistsError:
        print(f"{home} is there already. Remove it, or wait until the other run has ended.")
        return 1
    try:
        _prepare(home)
        return _take(wanted.scenes, home, wanted.to)
    finally:
        shutil.rmtree(home)


def _take(wanted: list[str], home: Path, target: Path) -> int:
    from scenes import SCENES, take

    unknown = set(wanted) - set(SCENES)
    if unknown:
        print(f"There is no scene {', '.join(sorted(unknown))}. They are: {', '.join(SCENES)}.")
        return 2
    target.mkdir(parents=True, exist_ok=True)
    take(wanted or list(SCENES), home, target)
    sizes = [one.stat().st_size for one in target.iterdir()]
    print(f"{len(sizes)} pictures, {sum(sizes) / 1e6:.1f} MB")
    return 0


def _prepare(home: Path) -> None:
    """Before Qt is loaded: no screen, twice as many pixels, and a home of its own."""
    screen = home / "screen.json"
    screen.write_text(json.dumps({"screens": [_SCREEN]}))
    os.environ |= {
        "QT_QPA_PLATFORM": f"offscreen:configfile={screen}",
        "QT_SCALE_FACTOR": "2",
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local" / "share"),
        "XDG_STATE_HOME": str(home / ".local" / "state"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "LANGUAGE": "en",
    }
    sys.path.insert(0, str(ROOT))
    faulthandler.dump_traceback_later(_LONGEST_SECONDS, exit=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
