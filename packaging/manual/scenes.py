"""What the pictures of the manual show, scene by scene; each is played in a window of its own."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from model_scenes import demo, models, suggestions
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from samples import (
    STREET,
    TABLE,
    cars_of,
    label_street,
    label_table,
    nuts_of,
    write_street,
    write_table,
)
from stage import Stage

from annotator.ui.exporting.window import ExportWindow
from annotator.ui.filtering.popup import FilterPopup
from annotator.ui.frames.feature import FramesFeature
from annotator.ui.frames.split_dialog import SplitDialog
from annotator.ui.history.snapshots_window import SnapshotsWindow
from annotator.ui.importing.window import ImportWindow
from annotator.ui.keys.keys_dialog import KeysDialog
from annotator.ui.label_editor.fate_dialog import DeleteDialog
from annotator.ui.label_editor.window import LabelEditor
from annotator.ui.opening.locate_dialog import LocateDialog
from annotator.ui.settings_page.window import SettingsWindow
from annotator.ui.tasks.new_task_dialog import NewTaskDialog
from annotator.ui.window.command_feature import CommandFeature

FORMAT: Final = "yolo_ultralytics_detect"


def take(names: list[str], home: Path, target: Path) -> None:
    """Play scenes."""
    application = QApplication(["annotator"])
    application.setApplicationName("annotator")
    application.setQuitOnLastWindowClosed(False)
    for name in names:
        theme, play = SCENES[name]
        folder = home / "pictures"
        folder.mkdir()
        stage = Stage(application, target, theme)
        play(stage, folder)
        stage.end()
        shutil.rmtree(folder)
        print(name, flush=True)


def start(stage: Stage, folder: Path) -> None:
    """The page the program begins with, after some projects were open."""
    label_street(write_street(folder / STREET))
    label_table(write_table(folder / TABLE))
    for name in (TABLE, STREET):
        stage.open(folder / name)
        stage.rest(1500)
        stage.close_project()
    stage.rest(1500)
    stage.shoot("start")


def first_steps(stage: Stage, folder: Path) -> None:
    """A folder opened for the first time, and the first boxes on it."""
    write_street(folder / STREET)
    stage.open(folder / STREET)
    stage.go_to(9)
    stage.shoot("first-opened")
    stage.label("car")
    stage.do("tool.rectangle")
    cars = cars_of(5)
    for car in cars[:-1]:
        stage.drag(car.xyxy[:2], car.xyxy[2:])
    x0, y0, x1, y1 = cars[-1].xyxy
    stage.drag((x0, y0), (x1 - 40, y1 - 20), release=False)
    stage.shoot("first-drawing")
    QTest.mouseRelease(stage.work.canvas.viewport(), Qt.MouseButton.LeftButton)


def window(stage: Stage, folder: Path) -> None:
    """The window with work in it."""
    label_street(write_street(folder / STREET), frames=9)
    stage.open(folder / STREET)
    _mark_done(stage, 5)
    stage.go_to(9)
    stage.select(1)
    stage.shoot("window-dark")


def window_light(stage: Stage, folder: Path) -> None:
    """The same in the light theme, with outlines."""
    label_table(write_table(folder / TABLE))
    stage.open(folder / TABLE)
    stage.go_to(3)
    stage.shoot("window-light")


def drawing(stage: Stage, folder: Path) -> None:
    """A polygon while it is drawn, and choosing a label."""
    write_table(folder / TABLE)
    stage.open(folder / TABLE)
    stage.go_to(3)
    for name in ("sweet", "receipt", "text", "nut"):
        stage.label(name)
    stage.do("label.4")
    nuts = nuts_of(1)
    stage.do("tool.polygon")
    for nut in nuts[:3]:
        for x, y in nut.parts[0].outer.tolist():
            stage.click((x, y))
        stage.key(stage.work.canvas, Qt.Key.Key_Return)
    for x, y in nuts[3].parts[0].outer.tolist()[:4]:
        stage.click((x, y))
    x, y = nuts[3].parts[0].outer.tolist()[4]
    stage.move((x, y))
    stage.rest()
    stage.shoot("drawing-polygon", parts=(stage.work.area, stage.work.option_bar))
    stage.do("edit.cancel")
    stage.key(stage.work.canvas, Qt.Key.Key_Escape)
    stage.do("label.choose")
    stage.type_into(stage.work.popup.field, "re")
    stage.shoot("drawing-label", parts=(stage.work.popup,), margin=24)
    stage.key(stage.work.popup.field, Qt.Key.Key_Escape)
    stage.shell.docks.raise_dock("appearance")
    stage.rest()
    stage.shoot("drawing-appearance", parts=(stage.shell.docks["appearance"],))


def labels(stage: Stage, folder: Path) -> None:
    """The label editor."""
    label_street(write_street(folder / STREET))
    stage.open(folder / STREET)
    stage.do("labels.edit")
    editor = stage.found(LabelEditor)
    stage.rest()
    stage.shoot("labels-form", editor)
    editor.tree.select(*[one.id for one in editor.state.draft.in_order()][1:2])
    editor.tree.delete.click()
    question = stage.found(DeleteDialog)
    stage.rest()
    stage.shoot("labels-delete", question)
    question.go.click()
    stage.rest()
    editor.views.setCurrentIndex(1)
    stage.rest()
    stage.shoot("labels-raw", editor)
    editor.views.setCurrentIndex(0)
    editor.form.name.setFocus()
    stage.rest()
    editor.apply.click()
    stage.rest(800)
    stage.shoot("labels-review", editor)
    editor.back.click()
    stage.rest()
    editor.leave()
    stage.rest()


def objects(stage: Stage, folder: Path) -> None:
    """The list of objects, the properties of several, the labels panel and the filter."""
    label_street(write_street(folder / STREET))
    stage.open(folder / STREET)
    stage.go_to(9)
    stage.select(0, 1)
    stage.do("object.occluded")
    stage.select(3)
    stage.do("object.lock")
    stage.select(0, 1, 2)
    docks = stage.shell.docks
    stage.shoot("objects", parts=(docks["objects"], docks["properties"]), margin=0)
    docks.raise_dock("labels")
    stage.rest()
    stage.shoot("labels-panel", parts=(docks["labels"],))
    docks.raise_dock("objects")
    stage.do("view.filter")
    popup = stage.found(FilterPopup)
    stage.type_into(popup.text, "label:car colour=blue")
    stage.shoot("filter", over=(popup,), parts=(popup,), margin=40)
    popup.close()
    stage.rest()


def frames(stage: Stage, folder: Path) -> None:
    """The workspace for going through frames."""
    label_street(write_street(folder / STREET), frames=9)
    stage.open(folder / STREET)
    _mark_done(stage, 5)
    stage.go_to(8)
    stage.do("frame.split_job")
    stage.do("frame.split_subsets")
    dialog = stage.found(SplitDialog)
    stage.rest()
    stage.shoot("frames-split", dialog)
    dialog.go.click()
    stage.rest(800)
    stage.do("workspace.review")
    stage.shell.docks.raise_dock("frames")
    stage.rest(800)
    stage.shoot("frames-review", reduced=True)
    stage.shoot("film-strip", parts=(stage.shell.docks["film_strip"],))
    stage.shell.docks.raise_dock("task_jobs")
    feature = stage.shell.feature(FramesFeature)
    feature.jobs.list.setCurrentIndex(feature.jobs.list.model().index(0, 0))
    stage.rest()
    stage.shoot("frames-jobs", parts=(stage.shell.docks["task_jobs"],))


def safety(stage: Stage, folder: Path) -> None:
    """The history, snapshots and backups."""
    write_street(folder / STREET)
    stage.open(folder / STREET)
    stage.label("car")
    stage.do("tool.rectangle")
    for number in range(3):
        stage.go_to(7 + number)
        for car in cars_of(3 + number):
            stage.drag(car.xyxy[:2], car.xyxy[2:])
        if number == 1:
            stage.do("file.snapshot")
            stage.rest(1500)
        stage.do("frame.toggle_done")
    stage.do("file.back_up")
    stage.rest(1500)
    stage.do("edit.undo")
    stage.do("edit.undo")
    stage.do("view.dock_history")
    stage.shell.docks.raise_dock("history")
    stage.rest()
    stage.shoot("history", parts=(stage.shell.docks["history"],))
    stage.do("file.snapshots")
    window = stage.found(SnapshotsWindow)
    window.table.selectRow(0)
    stage.rest()
    window.compare.click()
    stage.rest(800)
    stage.shoot("snapshots", window)
    window.tabs.setCurrentIndex(1)
    window.table.selectRow(0)
    stage.rest()
    stage.shoot("backups", window)
    window.close()
    stage.rest()


def opening(stage: Stage, folder: Path) -> None:
    """Making a task, the tasks of a project, and pictures that were moved."""
    label_street(write_street(folder / STREET))
    write_table(folder / TABLE)
    stage.open(folder / STREET)
    stage.do("file.new_task")
    dialog = stage.found(NewTaskDialog)
    dialog.add([str(folder / TABLE)])
    stage.rest(800)
    stage.shoot("opening-task", dialog)
    dialog.go.click()
    stage.wait(lambda: len(stage.work.session.project.tasks()) == 2)
    stage.rest(800)
    menu = stage.shell.top_bar.project.menu()
    menu.popup(stage.shell.top_bar.project.mapToGlobal(QPoint(0, stage.shell.top_bar.height())))
    stage.rest()
    stage.shoot("opening-tasks", over=(menu,), parts=(menu, stage.shell.top_bar.project), margin=24)
    menu.close()
    stage.close_project()
    (folder / STREET / "street_03.png").rename(folder / "elsewhere.png")
    stage.open(folder / STREET)
    stage.rest(1500)
    stage.shoot("opening-missing", parts=(stage.shell.bar,), margin=40)
    stage.do("file.locate")
    found = stage.found(LocateDialog)
    stage.rest(800)
    stage.shoot("opening-locate", found)
    found.reject()
    stage.rest()


def exporting(stage: Stage, folder: Path) -> None:
    """The steps of an export."""
    label_street(write_street(folder / STREET))
    stage.open(folder / STREET)
    stage.do("file.export")
    window = stage.found(ExportWindow)
    stage.wait(lambda: window.next.isEnabled())
    window.choice.formats.choose(FORMAT)
    stage.rest(800)
    stage.shoot("export-what", window)
    window.next.click()
    stage.wait(lambda: window.step == 1)
    stage.rest()
    stage.shoot("export-lost", window)
    window.leave()
    stage.rest()


def importing(stage: Stage, folder: Path) -> None:
    """The steps of an import whose labels and pictures fit in part."""
    write_street(folder / STREET)
    stage.open(folder / STREET)
    stage.label("car")
    stage.label("sign")
    dataset = folder / "boxes.json"
    dataset.write_text(json.dumps(_coco()))
    stage.do("file.import")
    window = stage.found(ImportWindow)
    window.show_path(dataset)
    stage.wait(lambda: window.next.isEnabled())
    stage.rest(800)
    stage.shoot("import-what", window)
    window.next.click()
    stage.wait(lambda: window.step == 1 and not window.is_busy)
    stage.rest()
    stage.shoot("import-happens", window)
    window.leave()
    stage.rest()


def commands(stage: Stage, folder: Path) -> None:
    """The palette, the keys and the settings."""
    label_street(write_street(folder / STREET))
    stage.open(folder / STREET)
    stage.do("help.commands")
    palette = stage.shell.feature(CommandFeature).palette.palette
    stage.type_into(palette.field, "next")
    stage.shoot("palette", parts=(palette,), margin=24)
    palette.dismiss()
    stage.do("file.settings")
    settings = stage.found(SettingsWindow)
    stage.shoot("settings", settings)
    settings.show_page("keys")
    stage.rest()
    stage.type_into(settings.keys.search, "frame")
    settings.keys.table.selectRow(1)
    stage.rest()
    stage.shoot("keys", settings)
    settings.close()
    stage.do("help.keys")
    keys = stage.found(KeysDialog)
    stage.shoot("keys-page", keys)
    keys.close()
    stage.rest()


def _mark_done(stage: Stage, count: int) -> None:
    for number in range(1, count + 1):
        stage.go_to(number)
        stage.do("frame.toggle_done")


def _coco() -> dict[str, Any]:
    """A dataset of three of the pictures, one of a picture that is not there, and one box that is broken."""
    names = ("street_01.png", "street_02.png", "street_03.png", "street_99.png")
    boxes = [
        {
            "id": 10 * image + place,
            "image_id": image,
            "category_id": 1 if place else 2,
            "bbox": [x0, y0, x1 - x0, y1 - y0],
        }
        for image in range(len(names))
        for place, (x0, y0, x1, y1) in enumerate(one.xyxy for one in cars_of(image))
    ]
    boxes.append({"id": 99, "image_id": 0, "category_id": 7, "bbox": [1, 2, 3, 4]})
    return {
        "images": [
            {"id": number, "file_name": name, "width": 960, "height": 640}
            for number, name in enumerate(names)
        ],
        "categories": [{"id": 1, "name": "car"}, {"id": 2, "name": "van"}],
        "annotations": boxes,
    }


Play = Callable[[Stage, Path], None]
SCENES: Final[dict[str, tuple[str, Play]]] = {
    "start": ("dark", start),
    "first-steps": ("dark", first_steps),
    "window": ("dark", window),
    "window-light": ("light", window_light),
    "drawing": ("dark", drawing),
    "labels": ("light", labels),
    "objects": ("dark", objects),
    "frames": ("dark", frames),
    "safety": ("light", safety),
    "opening": ("dark", opening),
    "export": ("light", exporting),
    "import": ("dark", importing),
    "commands": ("dark", commands),
    "suggestions": ("dark", suggestions),
    "models": ("light", models),
    "demo": ("dark", demo),
}
