"""What a benchmark measured is put in its place of the page, in place of what stood there."""

from pathlib import Path

from tests.benchmarks.page import write_tables

PAGE = """# Benchmarks

<!-- bench one -->
| what | value |
|---|--:|
| old | 1 |

Between.

<!-- bench two -->

The end.
"""


def test_tables_stand_where_their_marks_are(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    write_tables(
        page, {"one": [("new", "2 ms", "", "", "<= 3 ms", "missed")], "none": [("x",) * 6]}
    )
    text = page.read_text(encoding="utf-8")
    assert "| new | 2 ms |  |  | <= 3 ms | **missed** |\n\nBetween." in text
    assert "old" not in text
    assert text.endswith("<!-- bench two -->\n\nThe end.\n")
    write_tables(page, {"two": [("a|b", "1", "", "", "", "")]})
    assert text.replace("bench two -->\n", "") != page.read_text(encoding="utf-8")
    assert r"| a\|b | 1 |" in page.read_text(encoding="utf-8")


def test_the_same_again_changes_nothing(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    rows = {"one": [("new", "2 ms", "", "", "", "")], "two": [("other", "3", "", "", "", "")]}
    write_tables(page, rows)
    once = page.read_text(encoding="utf-8")
    write_tables(page, rows)
    assert page.read_text(encoding="utf-8") == once
