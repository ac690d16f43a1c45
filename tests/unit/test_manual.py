"""The manual is whole: its links lead somewhere, its pictures are there and used, its lists are up to date."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from annotator.cli import COMMANDS
from annotator.commands import COMMANDS as WINDOW_COMMANDS

ROOT = Path(__file__).resolve().parent.parent.parent
MANUAL = ROOT / "docs" / "manual"
PAGES = sorted(MANUAL.glob("*.md"))
LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)\)")
MOST_BYTES = 3_000_000
# Written by the program itself.
LISTS = {"keys.md"}
MENU_PATH = re.compile(r"(?<![\w>] )\b([A-Z]\w+(?: > [^*>()]+?)+)(?=\*\*|\)|[;,.](?: |$))")
KEYS = re.compile(
    r"(?:(?:Ctrl|Alt|Shift)\+)+(?:F\d+|[A-Z][a-z]+|[^\s*`|)\\]|\\\\)|(?<!\w)F\d+(?!\w)"
)
# Of a terminal, and those that mean what is being done on the picture.
OTHER_KEYS = {"Ctrl+C", "Shift+Enter"}
# What begins with a capital in bold and is no word of the window.
NOT_OF_THE_WINDOW = {
    *("Ultralytics YOLO detection", "PP-OCR v6 tiny"),
    *("A folder", "Files", "A project", "Anything, dropped on the window", "Alt and a click"),
}


def links(page: Path) -> list[tuple[bool, str]]:
    """Whether each is a picture, and where it leads."""
    return [(mark == "!", target) for mark, target in LINK.findall(page.read_text("utf-8"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_pages_of_the_manual(page: Path):
    """Or to the network: the manual is also read in the program, where nothing else is."""
    for is_picture, target in links(page):
        if not is_picture and not target.startswith("https://"):
            assert (MANUAL / target) in PAGES, target


def test_every_picture_is_there_and_used():
    used = {target for page in PAGES for is_picture, target in links(page) if is_picture}
    readme = (ROOT / "README.md").read_text("utf-8")
    used |= set(re.findall(r"\]\(docs/manual/(pictures/[^)]+)\)", readme))
    there = {f"pictures/{one.name}" for one in (MANUAL / "pictures").iterdir()}
    assert used == there


def test_pictures_say_what_is_seen():
    assert [page.name for page in PAGES if re.search(r"!\[\s*\]", page.read_text("utf-8"))] == []


def test_the_pictures_are_small():
    assert sum(one.stat().st_size for one in (MANUAL / "pictures").iterdir()) < MOST_BYTES


def test_every_page_is_in_the_contents():
    listed = {target for is_picture, target in links(MANUAL / "index.md") if not is_picture}
    assert listed == {page.name for page in PAGES} - {"index.md"}


def test_every_subcommand_has_an_example():
    text = (MANUAL / "command-line.md").read_text("utf-8")
    assert [one for one in COMMANDS if f"annotator {one}" not in text] == []


def test_readme_links_exist():
    readme = (ROOT / "README.md").read_text("utf-8")
    for _, target in LINK.findall(readme):
        if not target.startswith("https://"):
            assert (ROOT / target).exists(), target


def sentences(page: Path) -> str:
    """What a page says, in one line, without what stands in blocks of code."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    return re.sub(r"\s+", " ", text)


def menu_paths() -> set[str]:
    """Every entry of the menus, and every menu inside another, as the manual writes them."""
    paths = set()
    for one in WINDOW_COMMANDS:
        inner = f"{one.group} > {one.submenu}" if one.submenu else one.group
        paths |= {inner, f"{inner} > {one.title}"}
    return paths


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.name)
def test_what_is_said_of_menus_is_in_them(page: Path):
    groups = {one.group for one in WINDOW_COMMANDS}
    said = [one for one in MENU_PATH.findall(sentences(page)) if one.split(" > ")[0] in groups]
    assert [one for one in said if one not in menu_paths()] == []
    assert (
        sentences(page).count(" > ") == sum(one.count(" > ") for one in said) or page.name in LISTS
    )


def test_menus_are_said_in_many_places():
    assert sum(len(MENU_PATH.findall(sentences(page))) for page in PAGES) > 25


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.name)
def test_keys_with_a_modifier_are_those_of_commands(page: Path):
    known = {key.replace("Return", "Enter") for one in WINDOW_COMMANDS for key in one.shortcuts}
    if page.name not in LISTS:
        said = {key.replace("\\\\", "\\") for key in KEYS.findall(sentences(page))}
        assert said - known - OTHER_KEYS == set()


def test_a_command_that_is_named_with_its_key_has_it():
    named = {one.title: one.shortcuts for one in WINDOW_COMMANDS}
    checked = 0
    for page in PAGES:
        for title, key in re.findall(
            r"\*\*(?:[^*]* > )?([^*>]+)\*\* \(([^\s()]+)(?:\)| or )", sentences(page)
        ):
            if title in named and KEYS.fullmatch(key):
                assert key.replace("Enter", "Return") in named[title], (page.name, title)
                checked += 1
    assert checked > 5


def test_what_is_bold_stands_in_the_window():
    with open(ROOT / "resources/translations/de/LC_MESSAGES/annotator.po", "rb") as stream:
        texts = [(one.id,) if isinstance(one.id, str) else one.id for one in read_po(stream)]
    known = {text.rstrip("…:.").casefold() for forms in texts for text in forms}
    keys = re.compile(r"\W|[A-Z0-9]|F\d+|Enter|Esc|Del|Tab|Backspace|(?:Ctrl|Shift|Alt)\b.*")
    unknown = {
        (page.name, word)
        for page in PAGES
        for bold in re.findall(r"\*\*([^*]+)\*\*", sentences(page))
        for word in bold.split(" > ")
        if word[0].isupper()
        and word not in NOT_OF_THE_WINDOW
        and not keys.fullmatch(word)
        and word.rstrip("…:.").casefold() not in known
    }
    assert unknown == set()
