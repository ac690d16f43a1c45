"""Write the pages of the manual that list all keys and all settings, from what the program declares.

python packaging/manual/tables.py            bring docs/manual/keys.md and settings.md up to date
python packaging/manual/tables.py --check    only say whether they are; exit code 1 if not
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from annotator.settings import Setting

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

MANUAL = ROOT / "docs" / "manual"


def keys_page() -> str:
    """Return the page of all commands with their keys."""
    from annotator.commands import COMMANDS, GROUPS

    lines = [
        "# All keys",
        "",
        "Every command with its usual key. [Commands and settings](commands.md) says how to change keys; F1 shows those"
        " that you have now. On macOS Ctrl is the Command key, and Backspace deletes as Del does.",
    ]
    for group in GROUPS:
        found = [one for one in COMMANDS if one.group == group]
        if found:
            lines += ["", f"## {group}", "", "| command | key | what it does |", "|---|---|---|"]
            lines += [
                _row(_plain(one.title), ", ".join(map(_key, one.shortcuts)), _plain(one.help))
                for one in found
            ]
    return "\n".join([*lines, "", *_on_the_picture()]) + "\n"


def settings_page() -> str:
    """Return the page of all settings with their defaults."""
    from annotator.settings import SECTION_TITLES, SETTINGS, section_title

    lines = [
        "# All settings",
        "",
        "They are set in **File > Settings…**; the second column is their name in the file `settings.toml`.",
    ]
    sections = dict.fromkeys([*SECTION_TITLES, *(one.section for one in SETTINGS)])
    for section in sections:
        found = [one for one in SETTINGS if one.section == section]
        if found:
            lines += ["", f"## {section_title(section)}", ""]
            lines += [
                "| setting | name in the file | default | what it does |",
                "|---|---|---|---|",
            ]
            lines += [
                _row(one.shown_title, f"`{one.key}`", _default(one), _plain(_help(one)))
                for one in found
            ]
    return "\n".join(lines) + "\n"


PAGES = {"keys.md": keys_page, "settings.md": settings_page}


def _on_the_picture() -> Iterator[str]:
    from annotator.ui.keys.keys_page import CANVAS_USES

    yield "## On the picture"
    yield ""
    yield "| what it does | key or mouse | |"
    yield "|---|---|---|"
    for key, what, more in CANVAS_USES:
        yield _row(what, _key(key), more)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _key(text: str) -> str:
    # A key that is one of Markdown's signs is put between two of them.
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _plain(text: str) -> str:
    return text.replace("|", "\\|").replace("#", "\\#")


def _default(setting: "Setting[Any]") -> str:
    value = setting.default
    if setting.choices:
        return setting.title_of(value)
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value) or "empty"


def _help(setting: "Setting[Any]") -> str:
    parts = [setting.help]
    if setting.choices:
        named = (f"{setting.title_of(one)} (`{one}`)" for one in setting.choices)
        parts.append(f"One of: {', '.join(named)}.")
    elif setting.minimum is not None and setting.maximum is not None:
        parts.append(f"From {setting.minimum:g} to {setting.maximum:g}.")
    if setting.needs_restart:
        parts.append("It takes effect at the next start.")
    return " ".join(parts)


def main(arguments: list[str]) -> int:
    """Do what the arguments say; the result is the exit code."""
    is_old = False
    for name, page in PAGES.items():
        path = MANUAL / name
        text = page()
        if path.exists() and path.read_text("utf-8") == text:
            continue
        is_old = True
        print(f"{name} is {'not up to date' if '--check' in arguments else 'written'}.")
        if "--check" not in arguments:
            path.write_text(text, "utf-8")
    return 1 if is_old and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
