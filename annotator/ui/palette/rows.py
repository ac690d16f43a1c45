"""What the palette offers: commands, a frame by its number, labels."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Final

from annotator.commands import COMMANDS, Command
from annotator.core.labels import Label
from annotator.translation import in_digits, tr
from annotator.ui.fuzzy import ranked
from annotator.ui.palette.list import PaletteRow
from annotator.ui.shell.action_set import ActionSet
from annotator.ui.shown.session import Session

# The palette itself is no command to be found in it.
_SELF: Final = "help.commands"


def command_rows(query: str, actions: ActionSet, recent: Iterable[str]) -> list[PaletteRow]:
    """Return the commands whose title matches, then those where group or English title does.

    Those used last come first; without a query, under a heading of their own.
    """
    commands = list(_found_by_title())
    places = {command.id: place for place, command in enumerate(commands)}
    known = [places[command_id] for command_id in recent if command_id in places]
    if not query.strip():
        others = [place for place in range(len(commands)) if place not in known]
        rows = [_command_row(commands[place], actions) for place in known]
        if rows:
            rows = [
                PaletteRow(tr("Used last"), is_head=True),
                *rows,
                PaletteRow(tr("All commands"), is_head=True),
            ]
        return [*rows, *(_command_row(commands[place], actions) for place in others)]
    found = dict.fromkeys(ranked(query, [actions.title(c.id) for c in commands], set(known)))
    words = [f"{tr(c.group)} {actions.title(c.id)} {c.group} {c.title}" for c in commands]
    found.update(dict.fromkeys(ranked(query, words, set(known))))
    return [_command_row(commands[place], actions) for place in found]


def number_row(query: str, session: Session, go_to: Callable[[int], object]) -> PaletteRow | None:
    """Return the frame that has a number, or why there is none; None where no number is typed."""
    text = query.strip()
    if not (text.isascii() and text.isdigit()) or not session.is_open:
        return None
    number = int(text[:12])
    title = tr("Go to frame {number}", number=in_digits(number))
    frame = session.frame_at(number - 1)
    if frame is None:
        count = in_digits(session.frame_count)
        why = tr("The frames are numbered 1 to {count}.", count=count)
        return PaletteRow(title, note=why, is_possible=False)
    return PaletteRow(title, note=frame.name, icon="next", act=partial(go_to, number - 1))


def label_rows(
    query: str,
    session: Session,
    keys: Mapping[int, str],
    use: Callable[[int], object],
    create: Callable[[str], object],
) -> list[PaletteRow]:
    """Return the labels that match, and the offer to create one where none has the name. keys: by label id."""
    name = query.strip()
    why_not = _why_no_label(session)
    labels: list[Label] = list(session.labels)
    rows = [
        PaletteRow(
            label.name,
            note=why_not,
            keys=(keys[label.id],) if label.id in keys else (),
            swatch=label.colour,
            is_possible=not why_not,
            act=partial(use, label.id),
        )
        for label in (labels[place] for place in ranked(name, [one.name for one in labels]))
    ]
    if name and session.labels.named(name) is None:
        title = tr("Create the label “{name}”", name=name)
        act = partial(create, name)
        rows.append(PaletteRow(title, note=why_not, icon="plus", is_possible=not why_not, act=act))
    return rows


def _why_no_label(session: Session) -> str:
    if not session.is_open:
        return tr("Open a folder or a project first.")
    return "" if session.is_writable else tr("The project is open for reading only.")


def _found_by_title() -> Iterator[Command]:
    return (one for one in COMMANDS if one.in_menu and one.id != _SELF)


def _command_row(command: Command, actions: ActionSet) -> PaletteRow:
    why_not = actions.why_not(command.id)
    return PaletteRow(
        actions.title(command.id),
        note=why_not or tr(command.group),
        keys=actions.keys(command.id)[:2],
        icon=command.icon,
        is_possible=not why_not,
        command=command.id,
        act=actions[command.id].trigger,
    )
