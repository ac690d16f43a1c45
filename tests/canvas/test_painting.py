"""What is painted: looked at pixel by pixel where it must be exact, by colour where it must be there."""

import logging
import time

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from annotator.canvas import resting
from annotator.canvas.guard import painting
from annotator.canvas.navigation import ViewState
from annotator.canvas.picture import Smaller, fitted_size
from annotator.canvas.placement import Placement
from annotator.canvas.styles import State
from annotator.canvas.theme import LIGHT
from annotator.core.annotations import Annotation
from annotator.core.labels import Label, SkeletonTemplate, TemplatePoint
from annotator.core.shapes import (
    Cuboid,
    Ellipse,
    Mask,
    Points,
    Polygon,
    PolygonPart,
    Polyline,
    Rectangle,
    Skeleton,
    SkeletonElement,
)
from tests.canvas.bench import CAR, HEIGHT, PERSON, WIDTH, WINDOW, Bench, grey_pixels, square
from tests.canvas.memory_document import MemoryDocument


def difference(first: QImage, second: QImage) -> np.ndarray:
    def pixels(image: QImage) -> np.ndarray:
        memory = np.frombuffer(image.constBits(), np.uint8)
        return memory.reshape(image.height(), image.bytesPerLine())[:, : 4 * image.width()].astype(
            int
        )

    return np.abs(pixels(first) - pixels(second))


def is_coloured(colour: tuple[int, int, int]) -> bool:
    """The picture is grey, so whatever is not was painted over it."""
    return max(colour) - min(colour) > 12


def many_shapes(count: int, seed: int) -> list[Annotation]:
    chance = np.random.default_rng(seed)
    labels = (CAR, WINDOW, PERSON)
    made = []
    for _ in range(count):
        x, y = chance.random(2) * (WIDTH, HEIGHT)
        size = float(chance.uniform(4, 90))
        label = labels[int(chance.integers(3))]
        if chance.random() < 0.5:
            shape = Rectangle((x, y, x + size, y + size / 2), float(chance.choice([0, 30])))
        else:
            shape = Polygon.from_ring(np.array(square(x, y, size)) + chance.normal(0, 3, (4, 2)))
        made.append(Annotation(1, label.id, shape, z_order=int(chance.integers(3))))
    return made


class TestKinds:
    @pytest.mark.parametrize(
        ("shape", "seen", "empty"),
        [
            (Rectangle((50, 50, 90, 90)), (70, 70), (45, 45)),
            (Ellipse((100, 100), (40, 20)), (100, 100), (64, 84)),
            (Polyline(np.array([(50, 50), (150, 50), (150, 150)])), (100, 50), (100, 100)),
            (Points(np.array([(50, 50), (90, 90)])), (90, 90), (70, 70)),
            (Mask.from_bitmap(np.ones((40, 40), dtype=bool), (50, 50)), (70, 70), (45, 45)),
            (
                Cuboid(
                    np.array(
                        [
                            (50, 50),
                            (50, 90),
                            (90, 50),
                            (90, 90),
                            (60, 40),
                            (60, 80),
                            (100, 40),
                            (100, 80),
                        ]
                    )
                ),
                (95, 85),
                (110, 60),
            ),
        ],
    )
    def test_every_kind_is_seen(self, bench, shape, seen, empty):
        bench.view.set_label_tags_visible(False)
        bench.put(shape)
        image = bench.image()
        assert is_coloured(bench.colour(image, *seen))
        assert not is_coloured(bench.colour(image, *empty))

    def test_holes_are_open(self, bench):
        part = PolygonPart(np.array(square(20, 20, 200)), (np.array(square(80, 80, 80)),))
        bench.put(Polygon((part,)))
        image = bench.image()
        assert is_coloured(bench.colour(image, 40, 40))
        assert not is_coloured(bench.colour(image, 120, 120))

    def test_a_mask_is_seen_at_its_pixels_and_made_once(self, bench):
        bitmap = np.zeros((60, 60), dtype=bool)
        bitmap[:, :20] = True
        (mask,) = bench.put(Mask.from_bitmap(bitmap, (50, 50)))
        image = bench.image()
        assert is_coloured(bench.colour(image, 60, 80))
        assert not is_coloured(bench.colour(image, 90, 80))
        layer = bench.view.stage.resting.layer
        annotation = bench.document.annotations[mask]
        made = layer.drawable_of(annotation)
        bench.view.zoom_in()
        bench.image()
        assert layer.drawable_of(annotation) is made

    def test_the_bones_of_a_skeleton_follow_the_template(self, qapp):
        points = tuple(TemplatePoint(name) for name in ("a", "b", "c"))
        edges = ((points[0].id, points[1].id), (points[1].id, points[2].id))
        label = Label("pose", "#e4572e", kind="skeleton", skeleton=SkeletonTemplate(points, edges))
        places = ((50, 50), (150, 50), (150, 150))
        elements = {
            p.id: SkeletonElement(Points(np.array([place], dtype=float)))
            for p, place in zip(points, places, strict=True)
        }
        bench = Bench()
        bench.document = MemoryDocument([label], [Annotation(1, label.id, Skeleton(elements))])
        bench.view.show_document(bench.document)
        image = bench.image()
        assert is_coloured(bench.colour(image, 100, 50))
        assert is_coloured(bench.colour(image, 150, 100))
        assert not is_coloured(bench.colour(image, 100, 100))

    def test_a_tangled_scribble_does_not_stop_the_window(self, bench):
        scribble = np.random.default_rng(1).random((3000, 2)) * (WIDTH, HEIGHT)
        (ring,) = bench.put(Polygon.from_ring(scribble))
        image = bench.image()
        assert is_coloured(bench.colour(image, 200, 150))
        bench.view.select((ring,))
        bench.image()

    def test_shapes_far_outside_are_no_harm(self, bench):
        bench.put(
            Rectangle((-9e6, -9e6, 9e6, 9e6)),
            Polygon.from_ring([(-9e6, 0), (9e6, 10), (0, 9e6)]),
            Polyline(np.array([(-9e6, 100), (9e6, 100)])),
        )
        bench.view.navigator.zoom_to(64)
        bench.image()
        bench.view.fit()
        assert is_coloured(bench.colour(bench.image(), 200, 100))


class TestSnapshot:
    @pytest.mark.parametrize("count", [20, 1200])
    def test_a_repaired_part_is_as_if_all_was_painted_anew(self, qapp, count):
        """Finely painted with few shapes, quickly with many; names where they fit."""
        bench = Bench()
        values = many_shapes(count, count)
        bench.document = MemoryDocument((CAR, WINDOW, PERSON), values)
        bench.view.show_document(bench.document)
        bench.image()
        chance = np.random.default_rng(5)
        for step in range(25):
            value = values[int(chance.integers(count))]
            moved = value.shape.moved_by(*chance.normal(0, 20, 2).tolist())
            changed = Annotation(1, value.label, moved, z_order=value.z_order, id=value.id)
            bench.document.annotations[value.id] = changed
            bench.view.update_shapes([changed])
            if step % 5 == 4:
                bench.view.navigator.pan_by(*chance.integers(-40, 40, 2).tolist())
            repaired = bench.image()
            bench.view.stage.resting.snapshot.invalidate_all()
            whole = bench.image()
            assert np.count_nonzero(difference(repaired, whole)) == 0, step

    def test_a_window_without_an_area_is_no_matter(self, bench):
        bench.put(Rectangle((50, 50, 90, 90)))
        placement = bench.view.navigator.placement
        nothing = Placement(placement.scale, 0, 0, 0, 0, 1.0)
        assert not bench.view.stage.resting.prepare(nothing)

    def test_panning_shows_what_painting_anew_shows(self, bench):
        for value in many_shapes(60, 3):
            bench.document.put(value)
        bench.image()
        bench.view.navigator.pan_by(70, -45)
        panned = bench.image()
        bench.view.stage.resting.snapshot.invalidate_all()
        assert np.count_nonzero(difference(panned, bench.image())) == 0

    def test_nothing_of_another_frame_is_ever_seen(self, bench, monkeypatch):
        bench.put(Rectangle((50, 50, 90, 90)))
        bench.image()
        monkeypatch.setattr(resting, "PAINT_SECONDS", 0.0)
        monkeypatch.setattr(resting, "SLICE_SECONDS", 0.0)
        bench.view.show_document(MemoryDocument())
        bench.view.show_picture(grey_pixels())
        image = bench.view.grab().toImage()
        assert not is_coloured(bench.colour(image, 70, 70))

    def test_slices_come_to_the_same_end(self, bench, monkeypatch):
        for value in many_shapes(300, 8):
            bench.document.put(value)
        bench.view.navigator.zoom_by(1.3)
        at_once = bench.image()
        monkeypatch.setattr(resting, "SLICE_SECONDS", 0.0)
        monkeypatch.setattr(bench.view.stage.resting, "prepare", _prepare_without_time(bench))
        bench.view.stage.resting.snapshot.invalidate_all()
        slices = 0
        while not bench.view.is_painted:
            bench.view.viewport().repaint()
            QApplication.processEvents()
            slices += 1
        assert slices > 8
        monkeypatch.undo()
        assert np.count_nonzero(difference(at_once, bench.image())) == 0

    def test_after_a_rest_lines_are_smooth(self, bench, qtbot):
        for value in many_shapes(400, 4):
            bench.document.put(value)
        bench.view.navigator.zoom_by(1.1)
        qtbot.waitUntil(lambda: bench.view.stage.resting.snapshot.is_fine, timeout=3000)

    def test_lines_become_smooth_between_the_clicks_of_a_drawing(self, bench, qtbot):
        for value in many_shapes(400, 4):
            bench.document.put(value)
        bench.view.set_tool("polygon")
        bench.click(50, 50)
        bench.view.navigator.zoom_by(1.1)
        qtbot.waitUntil(lambda: bench.view.stage.resting.snapshot.is_fine, timeout=3000)
        assert bench.view.is_busy

    def test_with_very_many_shapes_lines_stay_thin(self, bench, qtbot):
        for value in many_shapes(600, 4):
            bench.document.put(value)
        bench.view.fit()
        bench.image()
        # What rests is looked at once more, and left as it is.
        qtbot.waitUntil(lambda: not bench.view._rest.isActive(), timeout=3000)
        assert bench.view.is_painted
        assert not bench.view.stage.resting.snapshot.is_fine


class TestEffort:
    def test_moving_the_pointer_paints_nothing_that_rests(self, bench, monkeypatch):
        for value in many_shapes(50, 6):
            bench.document.put(value)
        bench.view.set_crosshair_visible(True, always=True)
        bench.image()
        painted = []
        monkeypatch.setattr(
            bench.view.stage.resting.layer, "steps", lambda *_, **__: painted.append(1) or iter(())
        )
        hovered = set()
        for x, y in np.random.default_rng(4).integers(0, 280, (40, 2)).tolist():
            bench.move(x, y)
            QApplication.processEvents()
            hovered.add(bench.view.stage.live.hovered)
        assert len(hovered) > 5
        assert painted == []

    def test_a_drag_paints_nothing_that_rests(self, bench, monkeypatch):
        bench.put(Rectangle((50, 50, 90, 90)), Rectangle((150, 150, 190, 190)))
        bench.click(70, 70)
        bench.image()
        painted = []
        monkeypatch.setattr(
            bench.view.stage.resting.layer, "steps", lambda *_, **__: painted.append(1) or iter(())
        )
        bench.press(70, 70)
        for step in range(20):
            bench.move(70 + 2 * step, 70 + step)
            QApplication.processEvents()
        assert painted == []

    def test_a_frame_of_20_000_shapes_comes_in_short_slots(self, bench, qtbot):
        """In processor time of the GUI thread: other programs must not make the test fail."""
        chance = np.random.default_rng(1)
        corners = chance.random((20_000, 2)) * (WIDTH, HEIGHT)
        rings = corners[:, None, :] + chance.random((20_000, 20, 2)) * 12
        values = [Annotation(1, CAR.id, Polygon.from_ring(ring)) for ring in rings]
        document = MemoryDocument((CAR,), values)
        document.columns()
        bench.view.navigator.zoom_to(1.5)
        longest = 0.0
        for act in (
            lambda: bench.view.show_document(document),
            lambda: bench.view.navigator.zoom_by(1.2),
            lambda: bench.view.update_shapes([values[7]]),
            lambda: bench.view.select([value.id for value in values]),
            lambda: bench.view.select(()),
        ):
            while True:
                began = time.thread_time()
                act()
                QApplication.processEvents()
                longest = max(longest, time.thread_time() - began)
                act = bench.view.viewport().update
                if bench.view.is_painted:
                    break
        assert longest < 0.050


class TestAppearance:
    def test_the_opacity_of_fills(self, bench):
        bench.view.set_label_tags_visible(False)
        bench.put(Rectangle((50, 50, 90, 90)))
        plain = bench.colour(bench.image(), 200, 70)
        bench.view.set_fill_opacity(0.0)
        assert not is_coloured(bench.colour(bench.image(), 70, 70))
        bench.view.set_fill_opacity(1.0)
        assert bench.colour(bench.image(), 70, 70) == QColor(CAR.colour).getRgb()[:3]
        assert bench.colour(bench.image(), 200, 70) == plain

    def test_names_are_shown_and_hidden(self, bench):
        bench.put(Rectangle((50, 50, 150, 90)))
        assert bench.colour(bench.image(), 56, 34) == QColor(CAR.colour).getRgb()[:3]
        bench.view.set_label_tags_visible(False)
        assert not is_coloured(bench.colour(bench.image(), 56, 34))

    def test_the_lines_through_the_pointer(self, bench):
        bench.view.set_tool("rectangle")
        bench.move(120, 80)
        with_lines = bench.image()
        bench.view.set_crosshair_visible(False)
        without = bench.image()
        changed = np.argwhere(difference(with_lines, without).sum(axis=1).reshape(-1) > 0)
        assert set(changed.ravel()) >= {0, int(bench.at(0, 80).y())}
        bench.view.set_crosshair_visible(True)
        bench.view.set_tool("select")
        assert np.count_nonzero(difference(bench.image(), without)) == 0

    def test_the_lines_follow_the_pointer_while_it_pans(self, bench):
        bench.view.set_tool("rectangle")
        bench.move(100, 100)
        bench.press(100, 100, button=Qt.MouseButton.MiddleButton)
        bench.move(140, 130)
        assert bench.view._crosshair == bench.view._input.place.toPoint()
        bench.release(140, 130, button=Qt.MouseButton.MiddleButton)

    def test_moving_the_pointer_leaves_nothing_behind(self, bench):
        for value in many_shapes(40, 11):
            bench.document.put(value)
        bench.view.set_crosshair_visible(True, always=True)
        bench.image()
        for x, y in np.random.default_rng(2).integers(0, 280, (60, 2)).tolist():
            bench.move(x, y)
            QApplication.processEvents()
        bench.move(30, 40)
        QApplication.processEvents()
        moved = bench.view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        bench.view.viewport().update()
        assert np.count_nonzero(difference(moved, bench.image())) == 0

    def test_themes(self, bench):
        dark = bench.colour(bench.image(), -20, -20)
        bench.view.set_theme(LIGHT)
        light = bench.colour(bench.image(), -20, -20)
        assert dark == (16, 18, 20)
        assert light == (223, 226, 230)

    def test_a_draft_has_the_colour_of_the_next_label(self, bench):
        bench.view.set_crosshair_visible(False)
        bench.view.set_drawing_colour("#ff0000")
        bench.view.set_tool("rectangle")
        bench.click(50, 50)
        bench.move(150, 120)
        red, green, blue = bench.colour(bench.image(), 100, 50)
        assert red > 200
        assert max(green, blue) < 80


class TestPicture:
    def test_a_broken_picture_says_so_and_can_be_worked_on(self, bench):
        bench.view.show_picture(None, "The file is damaged.")
        assert bench.view.navigator.size.toTuple() == (WIDTH, HEIGHT)
        middle = bench.colour(bench.image(), WIDTH / 2, HEIGHT / 2)
        corner = bench.colour(bench.image(), 5, 5)
        assert middle == corner  # the card, and the ground that stands for the picture
        bench.view.set_tool("rectangle")
        bench.drag((50, 60), (120, 140))
        assert len(bench.document.annotations) == 1

    def test_a_text_stands_in_the_middle(self, bench):
        bench.view.show_picture(None)
        empty = bench.image()
        bench.view.show_picture(None, "The file is damaged.")
        changed = difference(bench.image(), empty).reshape(HEIGHT + 100, -1, 4).sum(axis=2) > 0
        rows, columns = np.nonzero(changed)
        assert abs(rows.mean() - (HEIGHT + 100) / 2) < 25
        assert abs(columns.mean() - (WIDTH + 100) / 2) < 25

    def test_a_picture_with_a_problem_keeps_its_middle(self, bench):
        whole = bench.image()
        bench.view.show_picture(grey_pixels(), "The end of the file is missing.")
        changed = difference(bench.image(), whole).reshape(HEIGHT + 100, -1, 4).sum(axis=2) > 0
        rows, _ = np.nonzero(changed)
        assert rows.max() < 100

    @pytest.mark.parametrize("is_there", [False, True])
    @pytest.mark.parametrize("corner", [(0, 0), (WIDTH, HEIGHT)])
    def test_what_is_wrong_is_in_sight_wherever_the_picture_is(self, bench, corner, is_there):
        pixels = grey_pixels() if is_there else None
        bench.view.show_picture(pixels)
        bench.view.restore_view_state(ViewState(8.0, *corner))
        plain = bench.image()
        bench.view.show_picture(pixels, "The file is damaged.")
        changed = difference(bench.image(), plain).reshape(HEIGHT + 100, -1, 4).sum(axis=2) > 0
        said = np.argwhere(changed)
        assert len(said) > 200
        # All of it: nothing is cut off at the edge.
        low, high = said.min(axis=0), said.max(axis=0)
        assert (low > 0).all()
        assert (high < (HEIGHT + 99, WIDTH + 99)).all()

    def test_the_size_of_a_broken_picture_may_be_known(self, bench):
        bench.view.show_picture(None, "The file is damaged.", size=(640, 200))
        assert bench.view.navigator.size.toTuple() == (640, 200)

    def test_pixels_are_squares_above_100_percent(self, bench):
        bench.view.navigator.zoom_to(20.0)
        image = bench.image()
        place = bench.view.view_state()
        column, row = int(place.x), int(place.y)
        seen = {
            bench.colour(image, column + dx, row + dy)
            for dx in (0.1, 0.5, 0.9)
            for dy in (0.1, 0.5, 0.9)
        }
        value = int(grey_pixels()[row, column, 0])
        assert seen == {(value, value, value)}

    def test_what_lets_through_shows_checks(self, bench):
        pixels = grey_pixels().copy()
        pixels[:, :200, 3] = 0
        bench.view.show_picture(pixels, has_alpha=True)
        image = bench.image()
        seen = {bench.colour(image, x, 100) for x in range(20, 100, 4)}
        assert seen == {(255, 255, 255), (203, 208, 214)}
        assert bench.colour(image, 300, 100) == (int(pixels[100, 300, 0]),) * 3

    def test_writable_pixels_are_copied_and_others_are_not(self, bench):
        pixels = grey_pixels().copy()
        bench.view.show_picture(pixels)
        before = bench.colour(bench.image(), 100, 100)
        pixels[:] = 0
        bench.view.stage.resting.snapshot.invalidate_all()
        assert bench.colour(bench.image(), 100, 100) == before
        shared = grey_pixels()
        bench.view.show_picture(shared)
        assert bench.view.stage.resting.picture._pixels is shared

    @pytest.mark.parametrize(
        "pixels", [np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4, 4), np.float32)]
    )
    def test_other_arrays_are_refused(self, bench, pixels):
        with pytest.raises(ValueError, match="uint8"):
            bench.view.show_picture(pixels)

    def test_the_colour_under_the_pointer(self, bench):
        pixels = grey_pixels().copy()
        pixels[30, 40] = (10, 20, 30, 255)
        bench.view.show_picture(pixels)
        heard = []
        bench.view.pointer_moved.connect(lambda *told: heard.append(told))
        bench.move(40, 30)
        bench.move(-10, 30)
        assert heard == [(40.0, 30.0, (30, 20, 10)), (-10.0, 30.0, None)]

    def test_a_small_view_of_a_large_picture_is_smooth(self, bench):
        """Stripes of single pixels become even grey, not a pattern of their own."""
        pixels = np.zeros((1200, 1600, 4), np.uint8)
        pixels[:, ::2] = 255
        pixels[..., 3] = 255
        bench.view.show_picture(pixels)
        image = bench.image()
        seen = {bench.colour(image, x, 600)[0] for x in range(100, 1500, 37)}
        assert max(seen) - min(seen) < 12

    @pytest.mark.parametrize("size", [(1600, 1200), (1601, 977), (700, 1203)])
    def test_a_copy_made_for_the_room_is_copied_pixel_for_pixel(self, bench, size):
        width, height = size
        zoom = bench.view.navigator.room.zoom_of(width, height)
        across, down = fitted_size(width, height, zoom)
        # Noise: drawn smoothly, or a pixel beside its place, it would look different everywhere.
        fitted = np.random.default_rng(0).integers(0, 256, (down, across, 4), np.uint8)
        fitted[..., 3] = 255
        pixels = grey_pixels(width, height)
        half = np.ascontiguousarray(pixels[::2, ::2])
        bench.view.show_picture(pixels, smaller=Smaller((half,), fitted))
        bench.view.fit()
        placement = bench.view.navigator.placement
        assert placement.zoom == pytest.approx(zoom)
        image = bench.image()
        ratio = placement.ratio
        left, top = round(placement.dx * ratio), round(placement.dy * ratio)
        seen = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
        part = seen[top + 2 : top + down - 2, left + 2 : left + across - 2, :3]
        assert np.array_equal(part, fitted[2:-2, 2:-2, :3])
        bench.view.zoom_in()
        assert all(
            max(found) - min(found) <= 8
            for found in [bench.colour(bench.image(), x, 600) for x in range(100, 600, 37)]
        )

    def test_a_rough_copy_is_replaced_once_nothing_moves(self, bench):
        pixels = np.zeros((1200, 1600, 4), np.uint8)
        pixels[:, ::2] = 255
        pixels[..., 3] = 255
        across, down = fitted_size(1600, 1200, bench.view.navigator.room.zoom_of(1600, 1200))
        rough = np.full((down, across, 4), 255, np.uint8)
        bench.view.show_picture(pixels, smaller=Smaller(fitted=rough))
        bench.view.fit()
        assert 120 < bench.colour(bench.image(), 800, 600)[0] < 136


class TestGuard:
    def test_one_shape_that_cannot_be_drawn_hides_no_other(self, bench, caplog):
        part = PolygonPart(np.array(square(20, 20, 100)), (np.array(square(40, 40, 20)),))
        broken, _ = bench.put(Polygon((part,)), Rectangle((200, 50, 290, 90)))
        layer = bench.view.stage.resting.layer
        bench.image()

        class Broken:
            def draw(self, painter, style):
                raise RuntimeError("cannot be drawn")

        row = layer.frame.changed.row_of[broken]
        layer._changed.others[row] = Broken()
        layer.frame.prepare()
        bench.view.stage.resting.snapshot.invalidate_all()
        painting._known.clear()
        with caplog.at_level(logging.ERROR):
            image = bench.image()
        assert is_coloured(bench.colour(image, 250, 70))
        assert [record.message for record in caplog.records] == ["Painting what rests failed."]

    def test_what_is_no_exception_is_let_through(self):
        with pytest.raises(KeyboardInterrupt), painting("a test"):
            raise KeyboardInterrupt


def test_lines_have_the_width_of_the_screen_that_the_window_is_moved_to(bench, monkeypatch):
    bench.put(Rectangle((50, 50, 150, 150)))
    zooms = []
    bench.view.zoom_changed.connect(zooms.append)
    label = next(iter(bench.document.annotations.values())).label
    pen = bench.view.stage._layer.styles.of(label, State.RESTING).outline
    assert bench.view.zoom == 1.0
    # No test has a second screen: what Qt tells is told.
    monkeypatch.setattr(bench.view.viewport(), "devicePixelRatioF", lambda: 2.0)
    QApplication.sendEvent(bench.view, QEvent(QEvent.Type.DevicePixelRatioChange))
    assert zooms == [2.0]
    styles = bench.view.stage._layer.styles
    assert styles.of(label, State.RESTING).outline.widthF() == 2 * pen.widthF()
    assert not bench.view.is_painted


def test_the_scene_can_be_rendered_elsewhere(bench):
    bench.view.set_label_tags_visible(False)
    bench.put(Rectangle((50, 50, 90, 90)))
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    bench.view.scene().render(painter, QRectF(0, 0, WIDTH, HEIGHT), QRectF(0, 0, WIDTH, HEIGHT))
    painter.end()
    colour = image.pixelColor(70, 70)
    assert is_coloured((colour.red(), colour.green(), colour.blue()))


def test_more_than_are_live_are_selected_in_the_resting_layer(bench):
    ids = bench.put(
        *(Rectangle((x, y, x + 12, y + 12)) for x in range(0, 380, 20) for y in range(0, 280, 20))
    )
    bench.view.set_label_tags_visible(False)
    before = bench.colour(bench.image(), 6, 6)
    bench.view.select(ids)
    assert len(bench.view.stage.live.ids) == 0
    assert bench.colour(bench.image(), 6, 6) != before
    bench.view.select(())
    assert bench.colour(bench.image(), 6, 6) == before


def _prepare_without_time(bench: Bench):
    item = bench.view.stage.resting
    prepare = type(item).prepare

    def with_no_time(placement: Placement, seconds: float = 0.0) -> bool:
        return prepare(item, placement, 0.0)

    return with_no_time
