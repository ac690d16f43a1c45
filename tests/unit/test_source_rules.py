"""What must not stand in the source, found by walking its syntax trees."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SHIM = "annotator/media/opencv.py"

# They build whatever objects the bytes ask for, which is as much as running them.
UNSAFE_MODULES = {
    "pickle",
    "cPickle",
    "_pickle",
    "marshal",
    "shelve",
    "dill",
    "joblib",
    "cloudpickle",
}
UNSAFE_CALLS = {
    "yaml.load",
    "yaml.load_all",
    "yaml.full_load",
    "yaml.full_load_all",
    "yaml.unsafe_load",
    "yaml.unsafe_load_all",
    "torch.load",
}
# They open windows of another Qt, which ends the process. VideoCapture finds the wrong frames.
UNSAFE_CV2 = {
    "imshow",
    "namedWindow",
    "startWindowThread",
    "waitKey",
    "waitKeyEx",
    "pollKey",
    "destroyWindow",
    "destroyAllWindows",
    "moveWindow",
    "resizeWindow",
    "setWindowProperty",
    "setWindowTitle",
    "getWindowProperty",
    "getWindowImageRect",
    "setMouseCallback",
    "createTrackbar",
    "createButton",
    "displayOverlay",
    "displayStatusBar",
    "addText",
    "selectROI",
    "selectROIs",
    "VideoCapture",
}
# Formats take paths from files, and safe_io opens those.
OPENING_METHODS = {"open", "read_text", "read_bytes"}


def complaints(source: str, path: str) -> list[str]:
    """What the rules say against a module, with lines."""
    tree = ast.parse(source, path)
    return [
        f"{path}:{node.lineno}: {text}"
        for node in ast.walk(tree)
        for text in _complaints_on(node, path)
    ]


def _complaints_on(node: ast.AST, path: str) -> Iterator[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from _complaints_on_import(node, path)
    elif (
        isinstance(node, ast.Attribute) and _dotted(node.value) == "cv2" and node.attr in UNSAFE_CV2
    ):
        yield f"cv2.{node.attr}"
    elif isinstance(node, ast.Call):
        yield from _complaints_on_call(node, path)


def _complaints_on_import(node: ast.Import | ast.ImportFrom, path: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        modules = [alias.name.split(".")[0] for alias in node.names]
    else:
        modules = [(node.module or "").split(".")[0]]
    for module in modules:
        if module in UNSAFE_MODULES:
            yield f"import of {module}"
        if module == "cv2" and path != SHIM:
            yield f"import of cv2 outside {SHIM}"
    if isinstance(node, ast.ImportFrom) and modules == ["cv2"]:
        yield "import of parts of cv2, where its window calls are not seen"
    if isinstance(node, ast.ImportFrom) and modules in (["yaml"], ["torch"]):
        for alias in node.names:
            if f"{node.module}.{alias.name}" in UNSAFE_CALLS:
                yield f"import of {node.module}.{alias.name}"


def _complaints_on_call(node: ast.Call, path: str) -> Iterator[str]:
    name = _dotted(node.func)
    if name in {"eval", "exec", "builtins.eval", "builtins.exec"}:
        yield name
    if name in UNSAFE_CALLS:
        yield name
    for keyword in node.keywords:
        is_false = isinstance(keyword.value, ast.Constant) and keyword.value.value is False
        if keyword.arg == "allow_pickle" and not is_false:
            yield "allow_pickle"
    if path.startswith("annotator/formats/"):
        is_method = isinstance(node.func, ast.Attribute) and node.func.attr in OPENING_METHODS
        if name == "open" or (is_method and not (name or "").startswith("safe_io.")):
            yield f"{ast.unparse(node.func)}(...) in a format; use safe_io"


def _dotted(node: ast.AST) -> str | None:
    """A name with its dots, as it is written; None for other expressions."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (owner := _dotted(node.value)) is not None:
        return f"{owner}.{node.attr}"
    return None


def modules() -> list[Path]:
    return sorted(
        path for folder in ("annotator", "plugins") for path in (ROOT / folder).rglob("*.py")
    )


def test_the_source_keeps_the_rules():
    found = [
        text
        for path in modules()
        for text in complaints(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())
    ]
    assert not found, "\n".join(found)


def test_the_source_is_looked_at():
    assert len(modules()) > 20
    assert ROOT / SHIM in modules()


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("eval(text)", "annotator/core/a.py"),
        ("x = [exec(line) for line in y]", "plugins/a/b.py"),
        ("import pickle", "annotator/core/a.py"),
        ("def f():\n    from marshal import loads", "annotator/core/a.py"),
        ("import os, shelve as s", "annotator/core/a.py"),
        ("from joblib.numpy_pickle import load", "annotator/core/a.py"),
        ("yaml.load(text, Loader=yaml.SafeLoader)", "annotator/safe_io/yaml_files.py"),
        ("from yaml import unsafe_load", "annotator/core/a.py"),
        ("torch.load(path)", "plugins/a/b.py"),
        ("np.load(path, allow_pickle=True)", "annotator/core/a.py"),
        ("np.load(path, allow_pickle=flag)", "annotator/core/a.py"),
        ("import cv2", "annotator/media/pictures.py"),
        ("from cv2 import imdecode", "plugins/a/b.py"),
        ("cv2.imshow('a', pixels)", "annotator/canvas/a.py"),
        ("wait = cv2.waitKey", SHIM),
        ("cv2.VideoCapture(path)", "annotator/media/a.py"),
        ("open(path)", "annotator/formats/a.py"),
        ("with path.open() as stream: pass", "annotator/formats/a.py"),
        ("text = Path(a, b).read_text()", "annotator/formats/a.py"),
    ],
)
def test_a_breach_is_found(source, path):
    assert complaints(source, path)


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("application.exec()", "annotator/app.py"),
        ("connection.execute(sql)", "annotator/project/a.py"),
        ("import cv2 as cv2", SHIM),
        ("from annotator.media.opencv import cv2\ncv2.imdecode(a, b)", "annotator/media/a.py"),
        ("np.load(path, allow_pickle=False)", "annotator/core/a.py"),
        ("open(path)", "annotator/project/a.py"),
        ("safe_io.read_text(path)\nread_text(path)", "annotator/formats/a.py"),
        ("'eval(x) import pickle'", "annotator/core/a.py"),
    ],
)
def test_what_is_allowed_is_not_held_against(source, path):
    assert complaints(source, path) == []
