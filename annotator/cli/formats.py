"""`annotator formats`: the dataset formats the program knows."""

from annotator.cli.options import JsonOption
from annotator.cli.printing import print_json, print_table
from annotator.formats.builtin import FORMATS


def run(as_json: JsonOption = False) -> None:
    """List the dataset formats and what each can hold."""
    if as_json:
        formats = [
            {
                "id": one.id,
                "title": one.title,
                "can_read": True,
                "can_write": bool(one.writer),
                "can_hold": sorted(one.can_hold),
                "options": {each.id: each.default for each in one.options},
            }
            for one in FORMATS
        ]
        print_json({"formats": formats})
        return
    print_table(
        ("id", "title", "use", "holds"),
        (
            (
                one.id,
                one.title,
                "read, write" if one.writer else "read",
                ", ".join(sorted(one.can_hold)),
            )
            for one in FORMATS
        ),
    )
