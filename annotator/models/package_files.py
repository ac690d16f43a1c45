"""The files of a package, compared with what its manifest says of them."""

import hashlib
from pathlib import Path
from typing import BinaryIO, Final

from annotator.models.errors import ModelError
from annotator.models.manifest import Manifest
from annotator.safe_io import open_regular, resolve_inside

_BLOCK: Final = 1 << 20


def check_files(manifest: Manifest, folder: Path) -> None:
    """Compare every file of a package with its manifest. Raises ModelError for the first that differs."""
    for name, entry in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise ModelError(f"{name} is missing in {folder}. Get the package anew.")
        size = path.stat().st_size
        if size != entry.size:
            raise ModelError(
                f"{path} has {size} bytes, its manifest says {entry.size}. It is incomplete or another file."
                " Get the package anew."
            )
        digest = hashlib.sha256()
        with opened_file(folder, name) as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
        _compare(digest.hexdigest(), entry.sha256, path)


def checked_bytes(manifest: Manifest, folder: Path, name: str) -> bytes:
    """Return the bytes of a file of a package, compared with its manifest. Raises ModelError."""
    path, entry = folder / name, manifest.files[name]
    with opened_file(folder, name) as stream:
        data = stream.read(entry.size + 1)
    _compare(hashlib.sha256(data).hexdigest(), entry.sha256, path)
    return data


def opened_file(folder: Path, name: str) -> BinaryIO:
    """Open a file of a package; links that lead out of its folder are refused."""
    return open_regular(resolve_inside(folder, name), root=folder)


def _compare(found: str, wanted: str, path: Path) -> None:
    if found != wanted:
        raise ModelError(
            f"{path} is not the file its manifest names: its sha256 is {found[:12]}…, not {wanted[:12]}…."
            " Get the package anew."
        )
