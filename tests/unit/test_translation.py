"""The words of the window: none stands there in English only, and other languages speak as their catalogues say."""

import ast
import builtins
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.translation import decimal_text, in_digits, tr, tr_n, use_language, with_dot

ROOT = Path(__file__).resolve().parent.parent.parent
CATALOGUES = str(ROOT / "resources" / "translations")

# What shows a text, wherever it is called.
SHOWING = {
    *("setText", "setToolTip", "setWindowTitle", "setPlaceholderText", "setStatusTip", "setTitle"),
    *("setAccessibleName", "setAccessibleDescription", "setWhatsThis", "setInformativeText"),
    *("addAction", "addItem", "addItems", "addTab", "addMenu", "addSection", "addRow", "addButton"),
    *("setTabText", "setSuffix", "setPrefix", "setSpecialValueText", "setHorizontalHeaderLabels"),
    *("setLabelText", "setButtonText", "showMessage", "drawText", "set_full_text", "set_note"),
    *("getOpenFileName", "getOpenFileNames", "getSaveFileName", "getExistingDirectory"),
    *("QLabel", "QPushButton", "QToolButton", "QCheckBox", "QRadioButton", "QGroupBox", "QMenu"),
    *("QAction", "QMessageBox", "push_button", "text_label", "section_head", "Answer", "Message"),
    *("info", "warning", "error", "question", "critical", "say", "edit", "long_step"),
    *("ElidedText", "ElidedLabel", "Column", "Notice", "PaletteRow", "set_title", "set_possible"),
}
TRANSLATING = {"tr", "tr_n"}
# Names, and the words of a filter, are the same in every language.
SAME_EVERYWHERE = {
    "Annotator",
    "PDF (*.pdf)",
    "label:person occluded:yes area>500 colour=red",
}


def untranslated(source: str) -> Iterator[tuple[int, str]]:
    """The line and text of each literal that a call shows as it stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _shows(node):
            for argument in (*node.args, *(one.value for one in node.keywords)):
                yield from ((node.lineno, text) for text in _literals(argument) if _is_words(text))


def _shows(call: ast.Call) -> bool:
    """Whether a call shows a text, or raises one of the program's own errors, which is shown as it is."""
    name = _name(call)
    is_told = name.endswith("Error") and name not in vars(builtins)
    return (name in SHOWING or is_told) and not _is_logging(call)


def _name(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _is_logging(call: ast.Call) -> bool:
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    return isinstance(owner, ast.Name) and owner.id in {"log", "_log", "logging"}


def _literals(node: ast.expr) -> Iterator[str]:
    """Texts in an expression that become the value of it, but for those in calls."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=values):
            # What stands between the braces is shown as well.
            for value in values:
                yield from _literals(
                    value.value if isinstance(value, ast.FormattedValue) else value
                )
        case ast.BinOp(left=left, right=right):
            yield from (*_literals(left), *_literals(right))
        case ast.IfExp(body=body, orelse=other):
            yield from (*_literals(body), *_literals(other))
        case ast.BoolOp(values=parts) | ast.List(elts=parts) | ast.Tuple(elts=parts):
            for part in parts:
                yield from _literals(part)


def _is_words(text: str) -> bool:
    """Whether a text is for people: several words, or one with a capital. Names in style sheets are neither."""
    letters = [word for word in text.split() if sum(map(str.isalpha, word)) > 1]
    several = " " in text and bool(letters)
    return text not in SAME_EVERYWHERE and (several or any(one[0].isupper() for one in letters))


def told_early(source: str) -> Iterator[int]:
    """The lines where a text is translated while the module is loaded, before the language is known."""

    def visit(node: ast.AST) -> Iterator[int]:
        if isinstance(node, ast.Call) and _name(node) in TRANSLATING:
            yield node.lineno
        inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        children: list[ast.AST] = list(ast.iter_child_nodes(node))
        if inside:  # what it does waits, its defaults and decorators do not
            children = [*node.args.defaults, *(one for one in node.args.kw_defaults if one)]
            children += getattr(node, "decorator_list", [])
        for child in children:
            yield from visit(child)

    return visit(ast.parse(source))


def modules() -> list[Path]:
    found = [
        path
        for part in ("ui", "canvas", "keys")
        for path in (ROOT / "annotator" / part).rglob("*.py")
    ]
    return [*sorted(found), ROOT / "annotator" / "app.py"]


def test_every_text_of_the_window_can_be_translated():
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text!r}"
        for path in modules()
        for line, text in untranslated(path.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)
    assert len(modules()) > 100


def test_no_text_is_translated_before_the_language_is_known():
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in modules()
        for line in told_early(path.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "source",
    [
        'button.setText("Go on")',
        'button.setText("Done")',
        'label = QLabel(f"{count} frames")',
        'label = QLabel(f"{tr(name)} of the {kind}")',
        'messages.warning("The file " + name + " is gone")',
        'field.setPlaceholderText("Find a frame" if on else tr("x"))',
        'menu.addAction(icon, "Hide")',
        'text_label(text="Some words")',
        'table.setHorizontalHeaderLabels(["Name", tr("Size")])',
        'project.edit("Mark as done", frame=1)',
    ],
)
def test_a_text_in_english_only_is_found(source):
    assert list(untranslated(source))


@pytest.mark.parametrize(
    "source",
    [
        'button.setText(tr("Go on"))',
        'text_label(tr("Go on"), "sectionHead")',
        'label.setText(f"{count} / {total}")',
        'log.warning("the file %s is gone", path)',
        'self.setObjectName("Some name")',
        'window.setWindowTitle("Annotator")',
        "button.setText(f\"{tr('Labels')}  {count}\")",
    ],
)
def test_other_texts_are_not_held_against(source):
    assert not list(untranslated(source))


@pytest.mark.parametrize(
    "source", ['A = tr("x")', 'class A:\n    b = tr("x")', 'def f(a=tr("x")): pass']
)
def test_a_text_told_early_is_found(source):
    assert list(told_early(source)) == [source.count("\n") + 1]
    assert not list(told_early('def f():\n    return tr("x")\nA = {1: lambda: tr("y")}'))


# Speaking --------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    use_language("en", CATALOGUES)


def objects(count: int) -> str:
    return tr_n("{count} object", "{count} objects", count)


def test_english_needs_no_catalogue():
    assert use_language("en_GB", "/nowhere")
    assert tr("Close") == "Close"
    assert [objects(count) for count in (0, 1, 2, 1234)] == [
        "0 objects", "1 object", "2 objects", "1,234 objects",
    ]  # fmt: skip


def test_german():
    assert use_language("de_AT", CATALOGUES)
    assert tr("Close") == "Schließen"
    assert tr("Frame {number} of {count}", number=3, count=9) == "Frame 3 von 9"
    assert [objects(count) for count in (0, 1, 2, 1234)] == [
        "0 Objekte", "1 Objekt", "2 Objekte", "1.234 Objekte",
    ]  # fmt: skip


def test_chinese_has_one_form_for_all_numbers():
    assert use_language("zh_CN", CATALOGUES)
    assert tr("Close") == "关闭"
    assert [objects(count) for count in (0, 1, 2, 1234)] == [
        "0 个对象", "1 个对象", "2 个对象", "1,234 个对象",
    ]  # fmt: skip


def test_a_text_that_no_catalogue_knows_stays():
    assert use_language("de", CATALOGUES)
    assert tr("No such text at all") == "No such text at all"
    assert tr_n("{count} xyz", "{count} xyzs", 1) == "1 xyz"
    assert tr_n("{count} xyz", "{count} xyzs", 0) == "0 xyzs"


@pytest.mark.parametrize("language", ["fr", "xx_YY", "C", "", "../../etc", "de\0"])
def test_an_unknown_language_is_english(language: str):
    assert use_language("de", CATALOGUES)
    assert not use_language(language, CATALOGUES)
    assert (tr("Close"), objects(1234)) == ("Close", "1,234 objects")


_WHOLE = (ROOT / "resources/translations/de/LC_MESSAGES/annotator.mo").read_bytes()
_DAMAGED = {
    "empty": b"",
    "no catalogue": b"This is no catalogue at all.",
    "cut off in the head": _WHOLE[:10],
    "cut off in the tables": _WHOLE[:500],
    "cut off in the texts": _WHOLE[:-5000],
    "of another version": _WHOLE[:4] + struct.pack("<I", 0x00070000) + _WHOLE[8:],
    "tables beyond the end": _WHOLE[:12] + struct.pack("<II", 0x7FFFFFF0, 0x7FFFFFF0) + _WHOLE[20:],
    "not text": _WHOLE[:-3000] + b"\xff" * 3000,
    "plurals that are no formula": _WHOLE.replace(b"plural=(n != 1)", b"plural=(import 1)"),
}


@pytest.mark.parametrize("damage", _DAMAGED)
def test_a_damaged_catalogue_is_english(tmp_path: Path, damage: str):
    assert _DAMAGED[damage] != _WHOLE
    place = tmp_path / damage / "de" / "LC_MESSAGES"
    place.mkdir(parents=True)
    (place / "annotator.mo").write_bytes(_DAMAGED[damage])
    assert not use_language("de", str(tmp_path / damage))
    assert (tr("Close"), objects(1), objects(1234)) == ("Close", "1 object", "1,234 objects")


@pytest.mark.parametrize(
    ("language", "whole", "decimal", "rounded"),
    [("en", "1,234,567", "1,234.50", "3"), ("de", "1.234.567", "1.234,50", "3"),
     ("zh", "1,234,567", "1,234.50", "3")],
)  # fmt: skip
def test_numbers_are_written_as_the_language_does(
    language: str, whole: str, decimal: str, rounded: str
):
    assert use_language(language, CATALOGUES)
    assert in_digits(1_234_567) == whole
    assert decimal_text(1234.5, 2) == decimal
    assert decimal_text(2.7, 0) == rounded
    assert (in_digits(999), in_digits(0)) == ("999", "0")


def test_a_typed_number_may_have_the_comma_of_the_language():
    assert with_dot("12,5") == "12,5"
    assert use_language("de", CATALOGUES)
    assert with_dot("12,5") == with_dot("12.5") == "12.5"
    assert with_dot("1.234,5") == "1.234,5"  # no number, rather than a wrong one
