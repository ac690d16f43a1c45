"""Collect the texts of the window into the catalogues of its languages, and compile these.

    python packaging/languages/catalogues.py            bring resources/translations up to date
    python packaging/languages/catalogues.py --check    only say what is missing; exit code 1 if anything is

A translator edits `resources/translations/<language>/LC_MESSAGES/annotator.po` by hand or with any gettext editor, then
runs this. The compiled `.mo` beside it is what the program reads.
"""

import ast
import io
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

TRANSLATIONS = ROOT / "resources" / "translations"
SENTENCES = TRANSLATIONS / "sentences.json"
LANGUAGES = ("de", "zh")
_KEYWORDS = {"tr": (1,), "tr_n": (1, 2)}
_SHOWN_BY = ("app.py", "keys", "ui", "canvas")
_WIDTH = 110
# Modules that say in whole sentences why a format cannot hold something; the window shows them.
_TOLD_BY_FORMATS = (
    *("coco/plan.py", "coco/shapes.py", "coco/writer.py", "cvat/losses.py", "dry_run.py"),
    *("picture_files.py", "yolo/plan.py", "yolo/writer.py"),
)


def collect() -> Catalog:
    """Return all texts that the window may show: those in calls of `tr`, and the titles and help in its data."""
    catalogue = Catalog(project="Annotator", charset="utf-8", fuzzy=False)
    found = extract_from_dir(
        str(ROOT / "annotator"), [("**.py", "python")], keywords=_KEYWORDS, comment_tags=()
    )
    for name, _line, text, _comments, _context in found:
        if name.split("/")[0] in _SHOWN_BY:
            catalogue.add(text, locations=[(f"annotator/{name}", 0)])
    for place, text in _data():
        catalogue.add(text, locations=[(place, 0)])
    return catalogue


def _data() -> Iterator[tuple[str, str]]:
    """Yield the texts that stand in data: where, and what."""
    from annotator.canvas.tools import TOOLS
    from annotator.commands import COMMANDS, GROUPS
    from annotator.core.shapes import ANNOTATION_KINDS
    from annotator.formats.builtin import FORMATS
    from annotator.keys.maps import CANVAS_KEYS, KEY_MAPS
    from annotator.settings import SETTINGS, section_title
    from annotator.ui.keys.keys_page import CANVAS_USES
    from annotator.ui.shell.workspaces import WORKSPACES
    from annotator.ui.widgets.said_below import (
        LOSS_TEXTS,
        MATCH_TEXTS,
        PROGRESS_TEXTS,
        STEP_TITLES,
        VERDICT_TEXTS,
    )

    for command in COMMANDS:
        yield from _texts("annotator/commands.py", (command.title, command.help, command.submenu))
    yield from _texts("annotator/commands.py", GROUPS)
    for setting in SETTINGS:
        choices = map(setting.title_of, setting.choices)
        texts = (setting.shown_title, setting.help, section_title(setting.section), *choices)
        yield from _texts("annotator/settings.py", texts)
    yield from _texts("annotator/keys/maps.py", (key_map.help for key_map in KEY_MAPS))
    yield from _texts("annotator/keys/maps.py", CANVAS_KEYS.values())
    for texts in CANVAS_USES:
        yield from _texts("annotator/ui/keys/keys_page.py", texts)
    yield from _texts("annotator/project", STEP_TITLES)
    yield from _texts("annotator/project", PROGRESS_TEXTS)
    from sentences import sentences

    for sentence, place in sentences(ROOT / "annotator").items():
        yield place, sentence
    yield from _texts("annotator/formats", LOSS_TEXTS)
    yield from _texts("annotator/formats", MATCH_TEXTS)
    yield from _texts("annotator/formats", VERDICT_TEXTS)
    for module in _TOLD_BY_FORMATS:
        yield from _texts(f"annotator/formats/{module}", _sentences(module))
    for workspace in WORKSPACES:
        yield from _texts("annotator/ui/shell/workspaces.py", (workspace.title, workspace.help))
    for one in FORMATS:
        for option in one.options:
            yield from _texts("annotator/formats/builtin.py", (option.title, option.help))
    yield from _texts("annotator/canvas/tools", (tool.title for tool in TOOLS))
    yield from _texts("annotator/core/annotations.py", ANNOTATION_KINDS)


def _texts(place: str, texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((place, text) for text in texts if text)


def _sentences(module: str) -> Iterator[str]:
    """Yield the sentences that stand in a module of the formats as they are, but for those that explain it."""
    tree = ast.parse((ROOT / "annotator" / "formats" / module).read_text(encoding="utf-8"))
    silent = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr | ast.Raise)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for part in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in silent:
            text = node.value
            if isinstance(text, str) and text.endswith(".") and " " in text:
                yield text


def updated(language: str, template: Catalog) -> Catalog:
    """Return the catalogue of a language with exactly the texts of the template, translated as far as they were."""
    path = po_path(language)
    if path.exists():
        with path.open("rb") as stream:
            known = read_po(stream, locale=language)
    else:
        known = Catalog(locale=language)
    fresh = Catalog(
        locale=language, project="Annotator", version="1", charset="utf-8", fuzzy=False,
        header_comment="# The texts of the window. Made and compiled by packaging/languages/catalogues.py.",
        msgid_bugs_address="see README.md", last_translator="the authors of Annotator",
        language_team="the authors of Annotator",
        creation_date=known.creation_date, revision_date=known.revision_date,
    )  # fmt: skip
    for message in template:
        if message.id:
            before = known.get(message.id)
            # One that has become a number of things, or is none any more, is translated anew.
            is_same = before is not None and before.pluralizable == message.pluralizable
            # A line number would change the file with every edit of the program.
            fresh.add(
                message.id, before.string if before and is_same else None,
                locations=sorted({(name, 0) for name, _ in message.locations}),
            )  # fmt: skip
    return fresh


def po_path(language: str) -> Path:
    """The catalogue of a language as text."""
    return TRANSLATIONS / language / "LC_MESSAGES" / "annotator.po"


def sentences_bytes() -> bytes:
    """Return the sentences of the layers below the window as the program reads them, the longest first."""
    from sentences import sentences

    found = sorted(sentences(ROOT / "annotator"), key=lambda text: (-len(text), text))
    return (json.dumps(found, ensure_ascii=False, indent=0) + "\n").encode()


def po_bytes(catalogue: Catalog) -> bytes:
    """Return a catalogue as the text that is kept."""
    stream = io.BytesIO()
    write_po(
        stream, catalogue, width=_WIDTH, sort_output=True, omit_header=False, include_lineno=False
    )
    return stream.getvalue()


def mo_bytes(catalogue: Catalog) -> bytes:
    """Return a catalogue as the program reads it."""
    stream = io.BytesIO()
    write_mo(stream, catalogue)
    return stream.getvalue()


def untranslated(catalogue: Catalog) -> list[str]:
    """Return the texts without a translation, or with one that has other names in braces."""
    return [
        str(message.id)
        for message in catalogue
        if message.id and not _is_good(message.id, message.string)
    ]


def _is_good(text: object, translation: object) -> bool:
    texts = text if isinstance(text, tuple | list) else (text,)
    translations = translation if isinstance(translation, tuple | list) else (translation,)
    wanted = {name for each in texts for name in _names(str(each))}
    return all(each and _names(str(each)) <= wanted for each in translations) and (
        wanted <= {name for each in translations for name in _names(str(each))}
    )


def _names(text: str) -> set[str]:
    from string import Formatter

    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        return {"?"}  # a brace that is not closed


def main(arguments: list[str]) -> int:
    """Do what the arguments say; the result is the exit code."""
    check = arguments == ["--check"]
    template = collect()
    bad = False
    if not check:
        SENTENCES.write_bytes(sentences_bytes())
    elif SENTENCES.read_bytes() != sentences_bytes():
        bad = True
        print(f"{SENTENCES.name} is not up to date")
    for language in LANGUAGES:
        catalogue = updated(language, template)
        path = po_path(language)
        missing = untranslated(catalogue)
        if check:
            old = not path.exists() or path.read_bytes() != po_bytes(catalogue)
            bad |= old or bool(missing)
            print(
                f"{language}: {len(missing)} of {len(catalogue)} missing"
                + (", not up to date" if old else "")
            )
            for text in missing[:20]:
                print(f"  {text}")
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(po_bytes(catalogue))
        path.with_suffix(".mo").write_bytes(mo_bytes(catalogue))
        print(f"{language}: {len(catalogue)} texts, {len(missing)} of them without a translation")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
