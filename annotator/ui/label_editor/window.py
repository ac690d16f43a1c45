"""The label editor: a form and a text of the same labels, what applying would do, and applying it."""
# ruff: noqa: D102 - Qt explains the methods that it calls

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from annotator.background.progress import Progress
from annotator.background.runner import BackgroundRunner
from annotator.core.schema_draft import SchemaDraft
from annotator.formats.cvat.label_text import text_from_labels
from annotator.formats.cvat.label_text_reading import (
    LabelTextError,
    Mistake,
    ReadLabels,
    labels_from_text,
)
from annotator.formats.label_files import mistake_of
from annotator.project.imports.label_sources import with_labels_of, write_label_file
from annotator.project.labels.editing import TITLE, edit_labels
from annotator.project.labels.preview import LabelPreview, preview_labels
from annotator.project.labels.rules import LabelChange, Misfit
from annotator.project.project import Project
from annotator.translation import tr, tr_n
from annotator.ui.gui_calls import GuiCalls
from annotator.ui.label_editor.attribute_form import AttributesSection
from annotator.ui.label_editor.beside import Beside
from annotator.ui.label_editor.file_choice import ask_target
from annotator.ui.label_editor.frame import APPLY_KEYS, SIZE, EditorFrame
from annotator.ui.label_editor.label_form import KeyUse, LabelForm
from annotator.ui.label_editor.questions import LabelQuestions
from annotator.ui.label_editor.review import Review
from annotator.ui.label_editor.skeleton_form import SkeletonForm
from annotator.ui.label_editor.state import EditorState
from annotator.ui.label_editor.text_view import LabelTextView
from annotator.ui.label_editor.tree_panel import TreePanel
from annotator.ui.look.theme import Theme
from annotator.ui.widgets.first_size import first_size

_LEAST_SIZE: Final = (860, 480)
_FORM, _TEXT, _REVIEW = range(3)


class LabelEditor(EditorFrame):
    """Edits a draft of the labels; nothing is stored before Apply. `applied(step id)` when a step was made.

    `parts` makes it piece by piece, so that the window answers in between.
    """

    applied = Signal(object)

    def __init__(
        self,
        parent: QWidget,
        project: Project,
        theme: Theme,
        runner: BackgroundRunner,
        calls: GuiCalls,
        key_use: KeyUse,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Labels"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumSize(*_LEAST_SIZE)
        self.resize(first_size(self, SIZE))
        self._project = project
        self._misfit: Misfit = "default"
        self._read_text: str | None = None
        self._asks_to_leave = False
        self._theme = theme
        self._key_use = key_use
        self.beside = Beside(project, runner, calls, self)
        self.state = EditorState(SchemaDraft.of(project.labels), self)
        self.questions = LabelQuestions(self, project, self.state, self.beside)

    def parts(self) -> Iterator[None]:
        """Make everything, a piece with each step; nothing may be used before the end."""
        state, theme, project = self.state, self._theme, self._project
        self.tree = TreePanel(state, theme)
        yield
        first = next(state.draft.in_order(), None)
        attributes = AttributesSection()
        yield
        skeleton = SkeletonForm(theme)
        yield
        self.form = LabelForm(state, theme, self._key_use, attributes, skeleton)
        yield
        self.text = LabelTextView(theme)
        self.review = Review()
        self.make_frame(project.folder.parent, self.bring_from)
        yield
        yield from self.lay_out(self.tree, self.form, (self.text, self.review))
        yield
        self._connect()
        yield
        self.tree.rows.set_counts(project.label_counts())
        yield
        state.choose(None if first is None else first.id)
        yield
        self._show_buttons()
        self.tree.tree.setFocus()
        self.ensurePolished()
        yield

    def _connect(self) -> None:
        self.views.currentChanged.connect(self._view_chosen)
        self.export.clicked.connect(
            lambda: ask_target(self, self._project.folder.parent, self.export_to)
        )
        self.cancel.clicked.connect(self.reject)
        self.back.clicked.connect(self._go_back)
        self.keep.clicked.connect(self._stay)
        self.apply.clicked.connect(self._apply)
        self.state.changed.connect(self._show_buttons)
        self.beside.changed.connect(self._show_buttons)
        self.beside.progressed.connect(self.show_progress)
        self.questions.refused.connect(lambda text: self.say(text, "bad"))
        self.beside.failed.connect(lambda text: self.say(text, "bad"))
        self.beside.stopped.connect(lambda: self.say(tr("Stopped; nothing was changed.")))
        self.tree.delete_wanted.connect(self.questions.ask_delete)
        self.tree.merge_wanted.connect(self.questions.ask_merge)
        self.tree.name_wanted.connect(self.form.focus_name)
        self.text.settled.connect(self._check_text)
        self.text.editor.textChanged.connect(self._show_buttons)
        self.review.target_chosen.connect(self._target_chosen)
        self.review.misfit_chosen.connect(self._misfit_chosen)
        for keys, run in (
            (QKeySequence.StandardKey.Undo, self.state.undo),
            (QKeySequence.StandardKey.Redo, self.state.redo),
        ):
            QShortcut(keys, self.tree, run, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        for key in APPLY_KEYS:
            QShortcut(QKeySequence(key), self, self.apply.click)
        QShortcut(
            QKeySequence("Ctrl+M"), self.tree, lambda: self.questions.ask_merge(self.tree.selected)
        )

    # Closing ----------------------------------------------------------------------------------------

    def reject(self) -> None:
        """Close and change nothing; what was typed is not thrown away at the first touch of a key."""
        if self.beside.runs("apply"):
            self.beside.cancel("apply")
            self.say(tr("Stopping; what was done so far is taken back …"))
        elif self._is_typed and not self._asks_to_leave:
            self._asks_to_leave = True
            self.say(tr("What you changed will be lost."), "warn")
            self.cancel.setText(tr("Throw away"))
            self._show_buttons()
            self.keep.setFocus()
        else:
            super().reject()

    def leave(self) -> None:
        """Close at once, for the project is about to be, which waits until nothing reads it any more."""
        super().reject()

    def done(self, result: int) -> None:
        self.beside.close()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.reject()
        event.setAccepted(not self.isVisible())

    def _stay(self) -> None:
        self._asks_to_leave = False
        self.cancel.setText(tr("Cancel"))
        self.say("")
        self._show_buttons()

    @property
    def _is_typed(self) -> bool:
        return self.state.draft.is_changed or self._has_unread_text

    @property
    def _has_unread_text(self) -> bool:
        return self.views.currentIndex() == _TEXT and self.text.text != self._read_text

    # What is told ------------------------------------------------------------------------------------

    def _show_buttons(self) -> None:
        page = self.pile.currentIndex()
        busy = self.beside.runs("apply", "preview")
        self.bar.setVisible(busy)
        self.back.setVisible(page == _REVIEW)
        self.back.setEnabled(not self.beside.runs("apply"))
        self.review.setEnabled(not busy)
        self.keep.setVisible(self._asks_to_leave)
        self.apply.setVisible(not self._asks_to_leave)
        self.apply.setEnabled(not busy and (page == _REVIEW or self._is_typed))
        for widget in (self.views, self.bring, self.export):
            widget.setEnabled(page != _REVIEW and not busy)
        if page == _FORM and not self._asks_to_leave and not busy:
            count = len({one.label for one in self.state.draft.errors})
            told = tr_n(
                "{count} label must be put right.", "{count} labels must be put right.", count
            )
            self.say(told if count else "", "bad")

    # The two views ----------------------------------------------------------------------------------

    def _view_chosen(self, view: int) -> None:
        if view == _TEXT:
            self._read_text = text_from_labels(self.state.draft.labels)
            self.text.show_text(self._read_text)
            self._show_page(_TEXT)
            self.text.editor.setFocus()
        elif self.pile.currentIndex() == _TEXT:
            # Stays where it is until the text is read, for it may be wrong.
            self._set_view(_TEXT)
            self._take_text(lambda: self._set_view(_FORM))

    def _set_view(self, view: int) -> None:
        self.views.blockSignals(True)
        self.views.setCurrentIndex(view)
        self.views.blockSignals(False)
        self._show_page(view)

    def _show_page(self, page: int) -> None:
        self.pile.setCurrentIndex(page)
        self.say("")
        self._show_buttons()

    def _check_text(self) -> None:
        # What is being read for a purpose is told of anyway, and must not be taken for a mere look.
        if not self.beside.runs("read"):
            self._read("check", self.text.text, lambda _: self.text.show_mistakes(()))

    def _take_text(self, then: Callable[[], None]) -> None:
        """Read the text, put its labels in place of those that are, and go on; or show what is wrong."""
        text = self.text.text
        if text == self._read_text:
            then()
            return

        def take(read: ReadLabels) -> None:
            self._read_text = text
            draft = self.state.draft
            self.state.set_draft(SchemaDraft(read.labels, draft.known, draft.targets))
            self.text.show_mistakes(())
            then()

        self._read("read", text, take)

    def _read(self, purpose: str, text: str, then: Callable[[ReadLabels], None]) -> None:
        draft = self.state.draft

        def show(outcome: ReadLabels | tuple[Mistake, ...]) -> None:
            if isinstance(outcome, ReadLabels):
                self.say("")
                then(outcome)
            elif self.pile.currentIndex() == _TEXT:
                self.text.show_mistakes(outcome)
                count = tr_n(
                    "{count} place must be put right.",
                    "{count} places must be put right.",
                    len(outcome),
                )
                self.say(count, "bad")

        self.beside.start(
            purpose, tr("Reading the labels"), lambda _: _read_draft(text, draft), show
        )

    # Files ------------------------------------------------------------------------------------------

    def bring_from(self, path: Path, is_project: bool) -> None:
        """Put the labels of a file or a project beside those that are there."""
        if self.views.currentIndex() == _TEXT:
            self._take_text(lambda: self._bring(path, is_project=is_project))
        else:
            self._bring(path, is_project=is_project)

    def _bring(self, path: Path, *, is_project: bool) -> None:
        draft = self.state.draft

        def take(brought: SchemaDraft) -> None:
            new = len(brought.labels) - len(draft.labels)
            self.state.set_draft(brought)
            if self.views.currentIndex() == _TEXT:
                self._view_chosen(_TEXT)
            told = tr_n("{count} label is new.", "{count} labels are new.", new)
            self.say(told if brought != draft else tr("All of these labels are there already."))

        self.beside.start(
            "bring",
            tr("Reading labels"),
            lambda _: with_labels_of(draft, path, is_project=is_project),
            take,
        )

    def export_to(self, path: Path) -> None:
        """Write the labels as they are typed to a file."""
        if self.views.currentIndex() == _TEXT:
            self._take_text(lambda: self._export(path))
        else:
            self._export(path)

    def _export(self, path: Path) -> None:
        draft = self.state.draft
        self.beside.start(
            "export",
            tr("Writing labels"),
            lambda _: write_label_file(draft, path),
            lambda _: self.say(tr("Written to {path}.", path=path)),
        )

    # Applying ---------------------------------------------------------------------------------------

    def _apply(self) -> None:
        if self.pile.currentIndex() == _REVIEW:
            self._run()
        elif self.views.currentIndex() == _TEXT:
            self._take_text(self._look_ahead)
        else:
            self.form.take_typed()
            self._look_ahead()

    def _look_ahead(self) -> None:
        """Count what would change; where no stored object is concerned, there is nothing to look at first."""
        draft = self.state.draft
        if draft.errors:
            self._set_view(_FORM)
            self.state.choose(draft.errors[0].label)
            self._show_buttons()
            self.form.focus_problem()
            return
        change = LabelChange.of(draft, self._misfit)
        self.say(tr("Counting what would change …"))

        def show(preview: LabelPreview) -> None:
            if self.state.draft is not draft or self._has_unread_text:
                self._show_page(self.pile.currentIndex())  # somebody goes on typing
                return
            if preview.is_harmless and self.pile.currentIndex() != _REVIEW:
                self._run()
                return
            self.review.show_preview(preview, draft, self._misfit)
            self._show_page(_REVIEW)
            self.apply.setFocus()

        self.beside.start(
            "preview", tr("Counting objects"), partial(preview_labels, self._project, change), show
        )

    def _target_chosen(self, gone: int, target: int | None) -> None:
        self.state.set_draft(self.state.draft.with_target(gone, target))
        self._look_ahead()

    def _misfit_chosen(self, misfit: Misfit) -> None:
        self._misfit = misfit
        self._look_ahead()

    def _go_back(self) -> None:
        if self.views.currentIndex() == _TEXT:
            self._view_chosen(_TEXT)
        else:
            self._show_page(_FORM)

    def _run(self) -> None:
        change = LabelChange.of(self.state.draft, self._misfit)
        self.say(tr("Changing the labels …"))
        self.beside.start("apply", TITLE, partial(_edited, self._project, change), self._run_ended)

    def _run_ended(self, step: int | None) -> None:
        if step is not None:
            self.applied.emit(step)
        self.accept()


def _edited(project: Project, change: LabelChange, progress: Progress) -> int | None:
    return edit_labels(project, change, progress=progress)


def _read_draft(text: str, draft: SchemaDraft) -> ReadLabels | tuple[Mistake, ...]:
    """Read a text over what was there; what is wrong with it, and with the labels it tells of."""
    try:
        read = labels_from_text(text, draft.labels)
    except LabelTextError as error:
        return error.mistakes
    problems = SchemaDraft(read.labels, draft.known, draft.targets).errors
    if problems:
        return tuple(mistake_of(one, read) for one in problems)
    return read
