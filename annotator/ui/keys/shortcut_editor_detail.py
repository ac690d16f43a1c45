"""The keys of one command: take one away, press another, and what to do where somebody else has it."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from annotator.commands import Command
from annotator.keys.maps import CANVAS_KEYS
from annotator.keys.user_keys import UserKeys
from annotator.translation import tr
from annotator.ui.keys.capture import KeyCapture
from annotator.ui.shell.action_set import native_key
from annotator.ui.widgets.key_boxes import spaced
from annotator.ui.widgets.parts import column, push_button, row, text_label

_CAPTURE_WIDTH = 190


class ShortcutDetail(QFrame):
    """Acts on the keys at once."""

    def __init__(self, keys: UserKeys) -> None:
        super().__init__()
        self.setObjectName("card")
        self._keys = keys
        self._command: Command | None = None
        self._wanted = ""
        self._title = text_label("", "strong")
        self._help = text_label("", "dim", wraps=True)
        self._chips: QHBoxLayout = row(gap=6)
        self.capture = KeyCapture()
        self.capture.setFixedWidth(_CAPTURE_WIDTH)
        self.capture.setPlaceholderText(tr("Press a key to add"))
        self.capture.setAccessibleName(tr("Press a key to give it to the command"))
        self.capture.pressed.connect(self._pressed)
        self.capture.refused.connect(self._refused)
        self.reset = push_button(tr("Reset"))
        self.reset.setToolTip(tr("Gives the command the keys of the map again."))
        self.reset.clicked.connect(self._reset)
        self.said = text_label("", "dim", wraps=True)
        self.move_here = push_button(tr("Move it here"), "primary")
        self.move_here.clicked.connect(self._move)
        self._lay_out()
        keys.subscribe(self._show_keys)
        self.show_command(None)

    def show_command(self, command: Command | None) -> None:
        """Show the keys of a command, or that none is chosen."""
        self._command = command
        self.setEnabled(command is not None)
        if command is None:
            self._title.setText(tr("Choose a command to change its keys."))
            self._help.setText("")
        else:
            self._title.setText(tr(command.title))
            self._help.setText(tr(command.help) if command.help else "")
        self._show_keys()
        self._say_clash()

    def begin(self) -> None:
        """Let the person press a key."""
        if self._command is not None:
            self.capture.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        names = column(gap=2)
        names.addWidget(self._title)
        names.addWidget(self._help)
        line = row(gap=8)
        line.addLayout(self._chips)
        line.addWidget(self.capture)
        line.addStretch(1)
        line.addWidget(self.reset)
        answer = row(gap=12)
        answer.addWidget(self.said, 1)
        answer.addWidget(self.move_here)
        whole = column(self, gap=8)
        whole.setContentsMargins(12, 10, 12, 10)
        whole.addLayout(names)
        whole.addLayout(line)
        self._answer = QWidget()
        self._answer.setLayout(answer)
        self._answer.setMinimumHeight(28)
        whole.addWidget(self._answer)

    def _say_clash(self) -> None:
        """Tell of a key that the command should have and another one has."""
        command = self._command
        clashes = () if command is None else self._keys.clashes
        lost = [one for one in clashes if command is not None and one.loser == command.id]
        if lost:
            self._offer(lost[0].key)
        else:
            self._say("")

    def _offer(self, key: str) -> None:
        """Say who has a key, and offer to take it."""
        assert self._command is not None
        holders = self._keys.holders(key, self._command.id)
        names = tr(", ").join(tr("“{title}”", title=tr(one.title)) for one in holders)
        self._wanted = key
        text = tr("{key} belongs to {commands}.", key=native_key(key), commands=names)
        self._say(text, "warn", can_move=True)

    def _pressed(self, key: str) -> None:
        command = self._command
        if command is None:
            return
        self.capture.show_key(key)
        if key in self._keys.of(command.id):
            self._say(tr("The command has this key already."))
        elif self._keys.holders(key, command.id):
            self._offer(key)
        else:
            self._keys.move(key, command.id)
            self._say(self._given(key))

    def _given(self, key: str) -> str:
        """What to say once a key is given: on the picture some keep their use there."""
        use = CANVAS_KEYS.get(key)
        if use is None:
            return tr("Done.")
        return tr(
            "Done. On the picture this key {use}; there it keeps that use while it has one.",
            use=tr(use),
        )

    def _refused(self) -> None:
        self._say(tr("This key cannot be used."), "warn")

    def _move(self) -> None:
        if self._command is not None and self._wanted:
            self._keys.move(self._wanted, self._command.id)
            self._say(self._given(self._wanted))
            self.capture.setFocus()

    def _take_away(self, key: str) -> None:
        if self._command is not None:
            rest = [one for one in self._keys.of(self._command.id) if one != key]
            self._keys.change(self._command.id, rest)
            self._say_clash()

    def _reset(self) -> None:
        if self._command is not None:
            self._keys.reset(self._command.id)
            self._say_clash()

    def _show_keys(self) -> None:
        while self._chips.count():
            item = self._chips.takeAt(0)
            widget = None if item is None else item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        command = self._command
        self.reset.setEnabled(command is not None and self._keys.is_changed(command.id))
        for key in () if command is None else self._keys.of(command.id):
            self._chips.addWidget(self._chip(key))

    def _chip(self, key: str) -> QPushButton:
        chip = push_button(f"{spaced(native_key(key))}   ×".replace("&", "&&"), "keyChip")
        text = tr("Take {key} away", key=native_key(key))
        chip.setToolTip(text)
        chip.setAccessibleName(text)
        chip.clicked.connect(partial(self._take_away, key))
        return chip

    def _say(self, text: str, look: str = "dim", *, can_move: bool = False) -> None:
        if not can_move:
            self._wanted = ""
            self.capture.show_key("")
        self.said.setText(text)
        self.said.setObjectName(look)
        self.said.style().polish(self.said)
        self.move_here.setVisible(can_move)
