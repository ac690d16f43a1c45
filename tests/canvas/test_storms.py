"""Events in any order: nothing fails, no shape is lost, and undoing everything leads back to the start."""

import logging
import random
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from annotator.canvas.live_layer import MOST_LIVE
from annotator.canvas.tools import TOOLS
from annotator.canvas.tools.tool import PointerEvent
from annotator.canvas.visibility import EVERYTHING_VISIBLE
from annotator.core.shapes import Ellipse, Mask, Points, Polygon, Polyline, Rectangle
from tests.canvas.bench import CAR, HEIGHT, WIDTH, Bench, square
from tests.canvas.test_visibility import Chosen

TOOL_IDS = [tool.id for tool in TOOLS]
MOST_ANNOTATIONS = 3 * MOST_LIVE
ARROWS = [Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down]
KEYS = [
    Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_N, Qt.Key.Key_Backspace,
    Qt.Key.Key_Delete, *ARROWS, Qt.Key.Key_Space,
]  # fmt: skip
MODIFIERS = [Qt.KeyboardModifier.NoModifier] * 3 + [
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
]
BUTTONS = [Qt.MouseButton.LeftButton] * 4 + [
    Qt.MouseButton.RightButton,
    Qt.MouseButton.MiddleButton,
]


def fill(bench: Bench) -> None:
    """Shapes of many kinds, some on top of each other, and more small ones than are live when all are selected."""
    bench.put(
        *(Rectangle((x, y, x + 9, y + 9)) for x in range(0, 400, 50) for y in range(5, 300, 33))
    )
    bench.put(
        Rectangle((20, 20, 120, 100)),
        Rectangle((60, 60, 90, 90), 30.0),
        Polygon.from_ring(square(150, 40, 80)),
        Polygon.from_ring([(150, 150), (200, 150), (170, 200)]),
        Ellipse((300, 80), (40, 20), 15.0),
        Polyline(np.array([(250, 150), (300, 200), (350, 150)])),
        Points(np.array([(30, 200), (60, 230)])),
        Mask.from_bitmap(np.ones((30, 30), dtype=bool), (100, 200)),
    )


def others_act(bench: Bench, chance: random.Random) -> None:
    """What other parts of the program do to the frame while somebody works on it, and undo by the window."""
    document = bench.document
    ids = list(document.annotations)
    match chance.randrange(10):
        case 0:
            x, y = chance.uniform(0, WIDTH), chance.uniform(0, HEIGHT)
            bench.put(Rectangle((x, y, x + 20, y + 20)))
        case 1 if ids and bench.view.selection:
            # What is being edited goes.
            document.delete([chance.choice(bench.view.selection)])
        case 2 if ids:
            changed = document.annotations[chance.choice(ids)]
            assert changed.shape is not None
            moved = changed.shape.moved_by(chance.uniform(-5, 5), 0)
            document.replace({changed.id: moved}, "By another")
        case 3:
            bench.view.show_shapes()
        case 4:
            bench.view.show_document(document)
        case 5 if ids:
            bench.view.select(chance.sample(ids, min(len(ids), 3)))
        case 6:
            document.next_label = chance.choice((None, CAR.id, CAR.id, CAR.id))
        case 7:
            bench.view.select(ids)
        case 8:
            _hide_and_lock(bench, chance)
        case _:
            if not bench.view.undo_in_tool() and document.steps and chance.random() < 0.3:
                document.undo()


def check(bench: Bench) -> None:
    """The canvas shows what the document has; undoing all steps gives what was put there without a step."""
    view, document = bench.view, bench.document
    view.show_visibility(EVERYTHING_VISIBLE)
    view.set_tool("polygon" if view.tool == "select" else "select")
    assert not view._input.tool.is_busy
    assert not view.stage.draft.isVisible()
    assert not view.stage.band.isVisible()
    assert set(view.stage.frame.ids()) == set(document.annotations)
    for annotation_id, annotation in document.annotations.items():
        assert annotation.shape is not None
        outline = view.stage.frame.outline(annotation_id)
        assert outline is not None
        assert outline.box == pytest.approx(annotation.shape.box, abs=1e-6)
    assert set(view.selection) <= set(document.annotations)
    while document.steps:
        document.undo()
    assert document.annotations == document.put_without_a_step


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("tool_id", TOOL_IDS)
def test_twenty_thousand_events_without_painting(qapp, tool_id, seed):
    chance = random.Random(f"{tool_id} {seed}")
    bench = Bench()
    bench.view.hide()
    fill(bench)
    bench.view.set_tool(tool_id)
    tool = bench.view._input.tool
    x, y = 100.0, 100.0

    def event() -> PointerEvent:
        return PointerEvent(
            x,
            y,
            chance.choice((0.2, 1.0, 1.0, 4.0)),
            chance.choice(("left", "left", "left", "right", "middle", "none")),
            shift=chance.random() < 0.15,
            ctrl=chance.random() < 0.1,
            alt=chance.random() < 0.1,
        )

    def press_a_key() -> None:
        acts = list(tool.actions().values())
        if acts:
            chance.choice(acts)()

    acts: list[tuple[int, Callable[[], object]]] = [
        (40, lambda: tool.moved(event())),
        (20, lambda: tool.pressed(event())),
        (20, lambda: tool.released(event())),
        (4, lambda: tool.double_clicked(event())),
        (4, press_a_key),
        (2, tool.left),
        (2, tool.undo),
        (1, tool.finish),
        (1, tool.cancelled),
        (1, lambda: others_act(bench, chance)),
        (1, tool.activated),
    ]
    weights, calls = zip(*acts, strict=True)
    for act in chance.choices(calls, weights, k=20_000):
        if chance.random() < 0.2:
            x, y = chance.uniform(-50, WIDTH + 50), chance.uniform(-50, HEIGHT + 50)
        else:
            x, y = x + chance.gauss(0, 6), y + chance.gauss(0, 6)
        act()
        if len(bench.document.annotations) > MOST_ANNOTATIONS:
            bench.document.undo()
    assert bench.document.texts.total() > 50
    check(bench)


@pytest.mark.parametrize("tool_id", TOOL_IDS)
def test_a_thousand_events_through_the_window(qapp, tool_id, caplog):
    chance = random.Random(tool_id)
    bench = Bench()
    fill(bench)
    bench.view.set_tool(tool_id)
    bench.view.set_crosshair_visible(True, always=True)
    with caplog.at_level(logging.ERROR):
        for number in range(1000):
            _window_event(bench, chance)
            if number % 3 == 0:
                QApplication.processEvents()
            if len(bench.document.annotations) > MOST_ANNOTATIONS:
                bench.document.undo()
        bench.image()
    assert caplog.records == []
    check(bench)
    bench.view.close()


def test_keys_on_few_and_on_many_selected_some_of_them_hidden_or_locked(qapp):
    chance = random.Random("keys")
    bench = Bench()
    fill(bench)
    assert len(bench.document.annotations) > MOST_LIVE
    keys = [*4 * ARROWS, Qt.Key.Key_Escape, Qt.Key.Key_Delete]
    for act in chance.choices(("select", "see", "press", "release"), (1, 1, 6, 3), k=500):
        ids = list(bench.document.annotations)
        match act:
            case "select":
                bench.view.select(chance.sample(ids, chance.choice((0, 1, MOST_LIVE, len(ids)))))
            case "see":
                _hide_and_lock(bench, chance)
            case "press":
                _send_key(bench, QEvent.Type.KeyPress, chance.choice(keys))
            case _:
                _send_key(bench, QEvent.Type.KeyRelease, chance.choice(keys))
        if len(bench.document.annotations) <= MOST_LIVE:
            bench.document.undo()
    assert bench.document.texts.total() > 20
    check(bench)


def _send_key(bench: Bench, kind: QEvent.Type, key: Qt.Key) -> None:
    QApplication.sendEvent(bench.view, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier))


def _hide_and_lock(bench: Bench, chance: random.Random) -> None:
    """Nothing, little or all of the frame."""
    ids, share = list(bench.document.annotations), chance.choice((0.0, 0.0, 0.1, 1.0))
    hides, locks = ({i for i in ids if chance.random() < share} for _ in range(2))
    bench.view.show_visibility(Chosen(hides, locks))


def _window_event(bench: Bench, chance: random.Random) -> None:
    view, viewport = bench.view, bench.view.viewport()
    place = QPointF(chance.uniform(0, viewport.width()), chance.uniform(0, viewport.height()))
    if chance.random() < 0.7 and view._input.place is not None:
        place = view._input.place + QPointF(chance.gauss(0, 15), chance.gauss(0, 15))
    globally, keys = QPointF(viewport.mapToGlobal(place)), chance.choice(MODIFIERS)
    button = chance.choice(BUTTONS)
    kinds = {
        QEvent.Type.MouseMove: 40,
        QEvent.Type.MouseButtonPress: 16,
        QEvent.Type.MouseButtonRelease: 16,
        QEvent.Type.MouseButtonDblClick: 3,
        QEvent.Type.KeyPress: 8,
        QEvent.Type.KeyRelease: 4,
        QEvent.Type.Wheel: 6,
        QEvent.Type.Leave: 1,
        QEvent.Type.FocusOut: 1,
        QEvent.Type.User: 6,
    }
    kind = chance.choices(list(kinds), list(kinds.values()))[0]
    match kind:
        case QEvent.Type.KeyPress | QEvent.Type.KeyRelease:
            key = QKeyEvent(kind, chance.choice(KEYS), keys, "", chance.random() < 0.2)
            QApplication.sendEvent(view, key)
        case QEvent.Type.Wheel:
            turned = QPoint(0, chance.choice((-120, -15, 15, 120)))
            phase = Qt.ScrollPhase.NoScrollPhase
            wheel = QWheelEvent(
                place, globally, QPoint(), turned, Qt.MouseButton.NoButton, keys, phase, False
            )
            QApplication.sendEvent(viewport, wheel)
        case QEvent.Type.Leave | QEvent.Type.FocusOut:
            QApplication.sendEvent(viewport if kind == QEvent.Type.Leave else view, QEvent(kind))
        case QEvent.Type.User:
            _window_acts(bench, chance)
        case _:
            if kind == QEvent.Type.MouseMove:
                button = Qt.MouseButton.NoButton
            elif kind == QEvent.Type.MouseButtonRelease:
                bench.held &= ~button
            else:
                bench.held |= button
            mouse = QMouseEvent(kind, place, globally, button, bench.held, keys)
            QApplication.sendEvent(viewport, mouse)


def _window_acts(bench: Bench, chance: random.Random) -> None:
    view = bench.view
    match chance.randrange(10):
        case 0:
            view.set_tool(chance.choice(TOOL_IDS))
        case 1:
            view.fit()
        case 2:
            view.resize(chance.randrange(60, 900), chance.randrange(60, 700))
        case 3:
            view.zoom_to(view.selection)
        case 4:
            view.set_label_tags_visible(chance.random() < 0.5)
        case 5:
            view.finish_drawing()
        case 6:
            view.set_fill_opacity(chance.random())
        case _:
            others_act(bench, chance)
