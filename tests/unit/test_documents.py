"""What documents say of the repository: files and links are there, decisions are counted."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("*/README.md")]
# A file or folder of the repository, as it is written between backticks.
PATH = re.compile(r"`((?:annotator|tests|packaging|resources|plugins|docs)/[\w/.-]*[\w/])`")

IN_THE_WHEEL = {"annotator/_resources"}


def test_each_decision_has_a_number_of_its_own():
    assert [int(one.name[:4]) for one in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    for one in DECISIONS:
        assert one.read_text("utf-8").startswith(f"# {one.name[:4]} ")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: str(one.relative_to(ROOT)))
def test_files_that_are_named_are_there(document: Path):
    text = document.read_text("utf-8")
    links = re.findall(r"\]\((?!https?://|#)([^)#\s]+)[^)]*\)", text)
    assert [one for one in links if not (document.parent / one).exists()] == []
    named = set(PATH.findall(text)) - IN_THE_WHEEL
    assert [one for one in named if not (ROOT / one).exists()] == []
