"""What the layers below the window say when something cannot be done, as templates with places for what differs.

They raise errors with whole English sentences, which the command line prints as they are. The window knows the
templates and says the sentence in the person's language: see `annotator.ui.widgets.said_below`.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_PARTS: Final = ("core", "formats", "media", "models", "project", "safe_io", "settings.py")
# The command line alone shows what the doctor finds.
_NOT_SHOWN: Final = frozenset({"broken_rules.py", "doctor.py"})
_LEAST_WORDS: Final = 2
# What a sentence is about is put into it: "a rectangle", "The name of a subset".
_PHRASE: Final = re.compile(r"(?:[Aa]n?|[Tt]he) [a-z][a-z ]{2,40}")


def sentences(package: Path) -> dict[str, str]:
    """Return the templates, each with the module it is of; places are written {1}, {2} in their order."""
    found: dict[str, str] = {}
    for part in _PARTS:
        path = package / part
        for module in [path] if path.is_file() else sorted(path.rglob("*.py")):
            if module.name in _NOT_SHOWN:
                continue
            place = module.relative_to(package.parent).as_posix()
            for text in _of_module(ast.parse(module.read_text(encoding="utf-8"))):
                found.setdefault(text, place)
    return found


def _of_module(tree: ast.Module) -> Iterator[str]:
    # A part of a text that is put together is no text of its own, nor is one that explains the code.
    inner = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr) or _is_comment(node)
        for part in ast.walk(node)
        if part is not node
    }
    raised = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _name(node.func).endswith(("Error", "Problem"))
        for argument in node.args
        for part in ast.walk(argument)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in inner:
            text = _template(node)
            if text is not None and _is_said(text, is_raised=id(node) in raised):
                yield text


def _is_comment(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _template(node: ast.Constant | ast.JoinedStr) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    text, places = "", 0
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += str(part.value).replace("{", "{{").replace("}", "}}")
        else:
            places += 1
            text += f"{{{places}}}"
    return text


def _is_said(text: str, *, is_raised: bool) -> bool:
    words = [word for word in text.split() if word.strip("“”\"'`.,;:()").isalpha()]
    if _PHRASE.fullmatch(text):
        return True
    if len(words) < _LEAST_WORDS or "\n" in text or text.startswith("<"):
        return False
    # Sentences end with a full stop; what is raised may be the part of one.
    return is_raised or (text.endswith(".") and (text[0].isupper() or text[0] in "“{`"))
