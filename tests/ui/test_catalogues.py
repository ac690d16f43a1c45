"""The catalogues of the languages: all texts are in them, well formed, and compiled."""

import ast
import importlib.util
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from string import Formatter
from types import ModuleType

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po
from hypothesis import given, settings

from annotator.background.progress import NO_PROGRESS
from annotator.core.errors import AnnotatorError
from annotator.core.labels import Label
from annotator.core.query import parse_filter
from annotator.formats.builtin import FORMATS
from annotator.formats.memory import MemoryDataset
from annotator.formats.recognition import recognise
from annotator.formats.registry import Format
from annotator.media.pictures import read_picture
from annotator.project.project import Project
from annotator.translation import use_language
from annotator.ui.widgets.said_below import (
    PROGRESS_TEXTS,
    STEP_TITLES,
    error_text,
    said_below,
)
from tests.formats.random_datasets import datasets

ROOT = Path(__file__).resolve().parent.parent.parent
TOOL = ROOT / "packaging" / "languages" / "catalogues.py"
FORMS = {"de": 2, "zh": 1}
LETTERS = re.compile(r"[A-Za-z]{2,}")
UNITS = re.compile(r"\{\w+\}|[KMG]B")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("catalogues", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """What a test speaks is not heard in the next one."""
    yield
    use_language("en", "")


@pytest.fixture(params=FORMS)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def catalogue(language: str, tool: ModuleType) -> Catalog:
    with tool.po_path(language).open("rb") as stream:
        return read_po(stream, locale=language)


def texts(catalogue: Catalog) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The forms of each text that is translated, in English and in the language."""
    for message in catalogue:
        if message.id and message.string:
            yield _forms(message.id), _forms(message.string)


def _forms(text: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def _names(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def test_the_tool_finds_nothing_missing():
    done = subprocess.run(
        [sys.executable, str(TOOL), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_text_of_the_code_is_collected(tool: ModuleType):
    """Not so one inside the braces of another string, which the extractor does not look into."""
    template = tool.collect()
    missing = []
    for path in (ROOT / "annotator").rglob("*.py"):
        if path.relative_to(ROOT / "annotator").parts[0] not in tool._SHOWN_BY:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name(id="tr" | "tr_n"), args=[ast.Constant(value=str(text)), *_]
                ) if template.get(text) is None:
                    missing.append(f"{path.name}: {text}")
    assert missing == []


def test_the_compiled_catalogue_is_that_of_the_text(
    language: str, catalogue: Catalog, tool: ModuleType
):
    compiled = tool.po_path(language).with_suffix(".mo").read_bytes()
    assert compiled == tool.mo_bytes(catalogue)


def test_a_missing_text_is_told(tool: ModuleType):
    template = Catalog()
    template.add("No catalogue has this", locations=[("annotator/ui/a.py", 0)])
    template.add("Close", locations=[("annotator/ui/a.py", 0)])
    assert tool.untranslated(tool.updated("de", template)) == ["No catalogue has this"]


def test_a_text_that_becomes_a_number_of_things_is_translated_anew(tool: ModuleType):
    template = Catalog()
    template.add(("Close", "Close all"), locations=[("annotator/ui/a.py", 0)])
    assert tool.untranslated(tool.updated("de", template)) == ["('Close', 'Close all')"]


def test_a_translation_with_other_names_is_told(tool: ModuleType):
    wrong = Catalog(locale="de")
    wrong.add("{name} is gone", "{nam} ist weg")
    wrong.add("{name} was gone", "es war weg")
    wrong.add("{name} goes", "{name ist weg")
    wrong.add("{name} comes", "da kommt {name}")
    assert tool.untranslated(wrong) == ["{name} is gone", "{name} was gone", "{name} goes"]


def test_plural_forms(language: str, catalogue: Catalog):
    assert catalogue.num_plurals == FORMS[language]
    for english, translated in texts(catalogue):
        assert len(translated) == (FORMS[language] if len(english) == 2 else 1), english


def test_values_have_the_same_names(catalogue: Catalog):
    for english, translated in texts(catalogue):
        if len(english) == 1:
            assert _names(english[0]) == _names(translated[0]), english
        for one in translated:
            assert set(_names(one)) <= set(_names(" ".join(english))), english
            # Nothing else stands in braces; places of sentences have numbers in place of names.
            one.format(*"x" * 10, **dict.fromkeys(_names(one), "x"))


def test_what_surrounds_the_words_is_kept(language: str, catalogue: Catalog):
    """Dots that say that a window opens, and what Qt reads in a text."""
    for english, translated in texts(catalogue):
        for one in translated:
            assert (english[-1][-1] == "…") == (one[-1] == "…"), english
            assert english[-1].count("*") == one.count("*"), english
            assert english[-1].count("\n") == one.count("\n"), english
            assert one.count("&") == english[-1].count("&"), english
            if language == "de":
                assert one.strip() != one or english[-1].strip() == english[-1], english
                assert english[-1].endswith(".") == one.endswith("."), english
            else:
                is_sentence = english[-1].endswith(".") and " " in english[-1]
                assert not is_sentence or one.endswith("。"), english


def test_chinese_is_chinese(tool: ModuleType):
    with tool.po_path("zh").open("rb") as stream:
        chinese = read_po(stream, locale="zh")
    plain = {
        translated[0]
        for _, translated in texts(chinese)
        if LETTERS.search(UNITS.sub("", translated[0])) and not CHINESE.search(translated[0])
    }
    # The names of the languages, and of a key.
    assert plain == {"Deutsch", "English", "Shift"}
    for _, translated in texts(chinese):
        # Punctuation is that of Chinese wherever it follows Chinese.
        assert not re.search(r"[\u4e00-\u9fff][,;:?!]", translated[0]), translated
        assert not re.search(r"[\u4e00-\u9fff]\.(\s|$)", translated[0]), translated


def test_german_is_not_english(tool: ModuleType):
    with tool.po_path("de").open("rb") as stream:
        german = read_po(stream, locale="de")
    for english, translated in texts(german):
        assert english[0] != translated[0] or len(english[0].split()) < 3, english
        assert not re.search(r"\b(the|of|is|are|and|this|Ctrl|Shift)\b", translated[0]), translated
        assert not re.search('["”]', translated[0]), translated


# What the layers below say -----------------------------------------------------------------------------------


def _said_by(folder: str, calls: set[str]) -> Iterator[str]:
    """Texts that modules give to calls of these names, values in them replaced by numbers and words."""
    for path in sorted((ROOT / "annotator" / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                if node.func.attr in calls:
                    for argument in (*node.args, *(one.value for one in node.keywords)):
                        yield from _texts_of(argument)
            elif isinstance(node, ast.Assign) and calls & {"edit"}:
                names = {one.id for one in node.targets if isinstance(one, ast.Name)}
                if names & {"title", "TITLE"}:
                    yield from _texts_of(node.value)


def _texts_of(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)) if text:
            yield text
        case ast.IfExp(body=body, orelse=other):
            yield from (*_texts_of(body), *_texts_of(other))
        case ast.JoinedStr(values=values):
            found = [""]
            for value in values:
                if isinstance(value, ast.Constant):
                    parts = [str(value.value)]
                elif isinstance(value, ast.FormattedValue) and isinstance(value.value, ast.IfExp):
                    parts = [one.value for one in (value.value.body, value.value.orelse)
                             if isinstance(one, ast.Constant)]  # fmt: skip
                else:
                    counts = re.search(r"len\(|total|frames:|count", ast.unparse(value))
                    parts = ["1,234" if counts else "some words"]
                found = [before + str(part) for before in found for part in parts]
            yield from found


# Only the command line reports these, which speaks English.
_OF_THE_COMMAND_LINE = {"Reading some words"}
# What a compared table is called, and the frames that are marked.
_OPEN = {"Comparing some words": "Comparing tracks"} | {
    f"Mark some words as {mark}": f"Mark 1234 frames as {mark}" for mark in ("done", "not done")
}


@pytest.mark.parametrize("folder", ["project", "formats", "media", "models", "background", "demo"])
def test_progress_is_said_in_the_language(folder: str, language: str):
    assert use_language(language, str(ROOT / "resources" / "translations"))
    said = set(_said_by(folder, {"track", "report"})) - _OF_THE_COMMAND_LINE
    assert not [one for one in said if said_below(_OPEN.get(one, one)) == one]


def test_titles_of_the_project_are_said_in_the_language(language: str):
    assert use_language(language, str(ROOT / "resources" / "translations"))
    said = {*_said_by("project", {"edit", "long_step"}), *_said_by("demo", {"edit"})}
    assert {"Join two jobs", "Rename some words to some words"} <= said
    assert not [one for one in said if said_below(_OPEN.get(one, one)) == one]


def test_no_text_stands_inside_another():
    """Whether such a text is found to be translated depends on the version of Python."""
    inside = [
        path.relative_to(ROOT)
        for path in (ROOT / "annotator").rglob("*.py")
        for text in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in ("tr", "tr_n")
        and isinstance(call.args[0], ast.Constant)
    ]
    assert not inside


def test_values_in_titles_stay():
    assert use_language("de", str(ROOT / "resources" / "translations"))
    assert said_below("Rename Bolts (left) to Nuts") == "Bolts (left) in Nuts umbenennen"
    assert said_below("Add 1,234 pictures to Bolts") == "1.234 Bilder zu Bolts hinzufügen"
    assert said_below("Add Bolts {1} (1 picture)") == "Bolts {1} hinzufügen (1 Bild)"
    assert said_below("it could be a.png or b.png") == "könnte a.png or b.png sein"
    assert said_below("Etwas ganz anderes") == "Etwas ganz anderes"
    assert said_below("") == ""
    use_language("en", "")
    assert said_below("Add 1,234 pictures to Bolts") == "Add 1,234 pictures to Bolts"


def test_all_titles_and_progress_texts_are_in_the_catalogues(catalogue: Catalog):
    known = {english[0] for english, _ in texts(catalogue)}
    assert known >= {*STEP_TITLES, *PROGRESS_TEXTS}


@pytest.mark.parametrize("one", [one for one in FORMATS if one.writer], ids=lambda one: str(one.id))
@given(datasets())
@settings(max_examples=15)
def test_why_something_is_lost_is_said_in_the_language(one: Format, dataset: MemoryDataset):
    assert use_language("de", str(ROOT / "resources" / "translations"))
    try:
        english = {row.text for row in one.losses(dataset, {}) if said_below(row.text) == row.text}
    finally:
        use_language("en", "")
    assert not english


_COCO = '{"images": [], "annotations": [], "categories": []}'
_ROW = "0 0.5 0.5 0.2 0.2 0.1 0.3\n"


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"a.json": _COCO},
        {"a.json": "[]", "b.json": "{}", "c.json": "{}"},
        {"a.json": "{}"},
        {"a.json": _COCO.replace('s": []}', 's": [{"id": 1, "name": "a", "isthing": 1}]}')},
        {"annotations.xml": "<annotations><track id='0' label='a'/></annotations>"},
        {"annotations.xml": "<annotations><image id='0' name='a'/></annotations>"},
        {"a.xml": "<annotations/>"},
        {"a.xml": "<a/>", "b.xml": "<a/>"},
        {"a.yaml": "names: [a]", "b.yaml": "names: [a]"},
        {"inner/data.yaml": "names: [a]"},
        {"data.yaml": "- a"},
        {"data.yaml": "names: [a]"},
        {"data.yaml": "names: [a]\ntrain: images\ntask: segment"},
        {"data.yaml": "names: [a]\ntrain: images", "images/a.png": ""},
        {"data.yaml": "names: [a]\ntrain: images", "images/a.png": "", "labels/a.txt": _ROW},
        {"data.yaml": "names: [a]\ntrain: images", "images/a.png": "", "labels/a.txt": _ROW[:18]},
    ],
    ids=lambda files: " ".join(files) or "nothing",
)
def test_what_formats_say_of_a_folder_is_said_in_the_language(
    tmp_path: Path, language: str, files: dict[str, str]
):
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    said = {answer.reason for answer in recognise(tmp_path, FORMATS, NO_PROGRESS)}
    assert said
    assert use_language(language, str(ROOT / "resources" / "translations"))
    assert not [one for one in said if said_below(one) == one]


def test_sentences_of_the_layers_below_are_said_in_the_language(tmp_path: Path):
    """Real errors, not made ones: the sentence is what is raised."""
    assert use_language("de", str(ROOT / "resources" / "translations"))

    def said(run: Callable[[], object]) -> str:
        with pytest.raises(AnnotatorError) as caught:
            run()
        return error_text(caught.value)

    gone = tmp_path / "weg.png"
    assert said(lambda: read_picture(gone)).startswith(f"{gone} gibt es nicht; ")
    gone.write_bytes(b"kein Bild")
    assert said(lambda: read_picture(gone)) == (
        f"{gone}: die Datei ist kein Bild einer bekannten Art (JPEG, PNG, WebP, BMP oder TIFF)."
    )
    assert said(lambda: parse_filter("area>viel")) == "„viel“ nach „area“ ist keine Zahl."
    assert said(lambda: Label("")) == "Ein Label braucht einen Namen."
    assert said(lambda: Project.open(tmp_path)).startswith(f"In {tmp_path} gibt es kein Projekt.")


def test_names_in_sentences_are_not_translated():
    assert use_language("de", str(ROOT / "resources" / "translations"))
    assert said_below("There is a task Close already. Choose another name.") == (
        "Eine Aufgabe Close gibt es schon. Wählen Sie einen anderen Namen."
    )


def test_the_sentences_are_those_of_the_program(tool: ModuleType):
    assert tool.SENTENCES.read_bytes() == tool.sentences_bytes()
