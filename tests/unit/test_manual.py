"""The manual is whole: its links lead somewhere, its pictures are there and used, its lists are up to date."""

import re
from pathlib import Path

import pytest

from annotator.cli import COMMANDS

ROOT = Path(__file__).resolve().parent.parent.parent
MANUAL = ROOT / "docs" / "manual"
PAGES = sorted(MANUAL.glob("*.md"))
LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)\)")
MOST_BYTES = 3_000_000


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
