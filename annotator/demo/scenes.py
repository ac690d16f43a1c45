"""The pictures of the demo and what is to be seen on them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from annotator.core.shapes import Ellipse, Polygon, Rectangle, Shape
from annotator.demo.brush import (
    Brush,
    Colour,
    Pixels,
    Point,
    circle,
    rounded_box,
    text_width,
    turned,
)

WIDTH: Final = 960
HEIGHT: Final = 640
STREET_FRAMES: Final = 12


@dataclass(frozen=True, slots=True)
class SeenObject:
    """An object on a picture: the name of its label and its shape, in image pixels. text: what is written on it."""

    label: str
    shape: Shape
    text: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture (H, W, 3), blue, green, red, by its file name, and the objects on it."""

    name: str
    pixels: Pixels
    objects: tuple[SeenObject, ...]


SCENES: Final = 7 + STREET_FRAMES
"""How many pictures there are."""


def all_scenes() -> Iterator[Scene]:
    """Draw every picture of the demo, the same each time, in the order in which they are shown."""
    yield tray("tray_1.png", seed=1)
    yield tray("tray_2.png", seed=2)
    for number, receipt_lines in enumerate(_RECEIPTS, 1):
        yield receipt(f"receipt_{number}.png", receipt_lines, seed=10 + number)
    for number, board in enumerate(_SIGNS, 1):
        yield sign(f"sign_{number}.png", board, seed=20 + number)
    for number in range(STREET_FRAMES):
        yield street(f"street_{number + 1:02d}.png", number)


# A tray of things to be counted -------------------------------------------------------------------

_CANDY: Final[tuple[Colour, ...]] = (
    (60, 90, 214), (70, 170, 240), (110, 180, 90), (200, 140, 70), (160, 90, 170),
)  # fmt: skip


def tray(name: str, seed: int) -> Scene:
    """Sweets and hexagonal nuts on a tray, none above another."""
    chance = np.random.default_rng(seed)
    brush = Brush(WIDTH, HEIGHT, (120, 132, 142))
    brush.gradient((142, 158, 170), (112, 126, 138))
    brush.grain(3.0, seed, stretch=24)
    rim = rounded_box((50, 40, WIDTH - 50, HEIGHT - 40), 44)
    brush.shadow(rim, (0, 10), 14, 0.5)
    brush.polygon(rim, (206, 212, 214))
    brush.polygon(rounded_box((64, 54, WIDTH - 64, HEIGHT - 54), 36), (224, 229, 231))
    brush.grain(1.6, seed + 100)
    seen = []
    for centre, radius in _places(chance, 34):
        if chance.random() < 0.3:
            seen.append(_nut(brush, centre, radius * 0.8, float(chance.uniform(0, 60))))
        else:
            colour = _CANDY[int(chance.integers(len(_CANDY)))]
            seen.append(_sweet(brush, centre, radius * 0.85, colour))
    return Scene(name, brush.finished(), tuple(seen))


def _places(chance: np.random.Generator, count: int) -> Iterator[tuple[Point, float]]:
    """Yield places with room around them, in the order in which they were found."""
    taken: list[tuple[float, float, float]] = []
    while len(taken) < count:
        radius = float(chance.uniform(30, 38))
        x = float(chance.uniform(120, WIDTH - 120))
        y = float(chance.uniform(110, HEIGHT - 110))
        if all((x - u) ** 2 + (y - v) ** 2 > (radius + r + 6) ** 2 for u, v, r in taken):
            taken.append((x, y, radius))
            yield (x, y), radius


def _sweet(brush: Brush, centre: Point, radius: float, colour: Colour) -> SeenObject:
    x, y = centre
    brush.shadow(circle(centre, radius), (4, 7), 5, 0.45)
    dark = (colour[0] * 3 // 4, colour[1] * 3 // 4, colour[2] * 3 // 4)
    brush.ellipse(centre, (radius, radius), dark)
    brush.ellipse((x - 1, y - 2), (radius * 0.93, radius * 0.92), colour)
    light = (min(255, colour[0] + 40), min(255, colour[1] + 40), min(255, colour[2] + 40))
    brush.ellipse((x - 3, y - 5), (radius * 0.68, radius * 0.62), light)
    brush.ellipse(
        (x - radius * 0.32, y - radius * 0.4), (radius * 0.2, radius * 0.13), (250, 250, 250), -30
    )
    return SeenObject("sweet", Ellipse(centre, (radius, radius)))


def _nut(brush: Brush, centre: Point, radius: float, degrees: float) -> SeenObject:
    outer = turned(circle(centre, radius, 6), centre, degrees)
    brush.shadow(outer, (4, 7), 5, 0.5)
    brush.polygon(outer, (120, 122, 126))
    inner = turned(circle((centre[0] - 1, centre[1] - 2), radius * 0.93, 6), centre, degrees)
    brush.polygon(inner, (168, 170, 174))
    brush.ellipse(centre, (radius * 0.62, radius * 0.62), (194, 196, 200))
    brush.ellipse(centre, (radius * 0.45, radius * 0.45), (92, 94, 98))
    brush.ellipse((centre[0] + 1, centre[1] + 2), (radius * 0.38, radius * 0.38), (214, 219, 221))
    return SeenObject("nut", Polygon.from_ring(outer))


# Receipts -----------------------------------------------------------------------------------------

_RECEIPTS: Final = (
    ("CORNER BAKERY", "Market Square 14", "", "2 Rye bread      7.80", "1 Apple cake     3.40",
     "4 Rolls          2.60", "", "TOTAL           13.80", "CARD            13.80", "12 May 2026  09:14", "Thank you"),
    ("GREEN GARDEN", "Flowers and Seeds", "", "3 Tulip bulbs    5.97", "1 Watering can   12.50",
     "2 Soil 20 L      9.00", "1 Gloves         6.95", "", "TOTAL           34.42", "CASH            40.00",
     "CHANGE           5.58", "3 June 2026  16:40"),
)  # fmt: skip


def receipt(name: str, lines: Sequence[str], seed: int) -> Scene:
    """A printed receipt on a wooden table."""
    brush = Brush(WIDTH, HEIGHT, (70, 100, 140))
    brush.gradient((66, 98, 142), (52, 82, 122))
    brush.grain(7.0, seed, stretch=90)
    for plank in range(1, 4):
        y = plank * HEIGHT / 4
        brush.line([(0, y), (WIDTH, y)], (38, 58, 88), 3)
    x0, y0, x1 = 300.0, 36.0, 660.0
    y1 = y0 + 62 + 42 * len(lines)
    paper = [(x0, y0), (x1, y0), (x1, min(y1, HEIGHT - 24)), (x0, min(y1, HEIGHT - 24))]
    brush.shadow(paper, (10, 14), 12, 0.55)
    brush.polygon(paper, (238, 243, 246))
    seen = [SeenObject("receipt", Polygon.from_ring(paper))]
    step = (paper[2][1] - y0 - 40) / len(lines)
    for number, line in enumerate(lines):
        if not line:
            continue
        size = 19.0 if number == 0 else 13.0
        base = y0 + 34 + step * (number + 0.5)
        bold = number == 0 or line.startswith("TOTAL")
        seen += _receipt_line(brush, line, (x0, x1, base, size), bold=bold, centred=number < 2)
    return Scene(name, brush.finished(), tuple(seen))


def _receipt_line(
    brush: Brush, line: str, place: tuple[float, float, float, float], *, bold: bool, centred: bool
) -> list[SeenObject]:
    """Write the words at the left and the price at the right, or all in the middle."""
    x0, x1, base, size = place
    ink = (48, 44, 42)
    left, _, right = line.partition("   ")
    right = right.strip()
    if centred or not right:
        width = text_width(line, size, bold=bold)
        starts = [((x0 + x1 - width) / 2 if centred else x0 + 28, line)]
    else:
        starts = [(x0 + 28, left), (x1 - 28 - text_width(right, size, bold=bold), right)]
    seen = []
    for x, text in starts:
        width = brush.text(text, (x, base), size, ink, bold=bold)
        box = Rectangle((x - 2, base - size - 3, x + width + 2, base + size * 0.4))
        seen.append(SeenObject("text", box, text))
    return seen


# Signs --------------------------------------------------------------------------------------------

_SIGNS: Final = (
    ("CITY PARK", "Open 6 am to 10 pm", (96, 122, 40), (250, 250, 250)),
    ("MUSEUM", "300 m", (140, 84, 30), (250, 250, 250)),
    ("PARKING", "2 hours with disc", (190, 110, 20), (250, 250, 250)),
)  # fmt: skip


def sign(name: str, board: tuple[str, str, Colour, Colour], seed: int) -> Scene:
    """A board on a post before a meadow and the sky."""
    title, below, ground, ink = board
    chance = np.random.default_rng(seed)
    brush = Brush(WIDTH, HEIGHT, (230, 200, 160))
    brush.gradient((226, 184, 128), (240, 226, 206), 0.0, 0.72)
    brush.gradient((86, 150, 110), (58, 112, 78), 0.72, 1.0)
    for _ in range(5):
        _cloud(brush, float(chance.uniform(40, WIDTH - 40)), float(chance.uniform(40, 220)), chance)
    hills = [
        (float(x), HEIGHT * 0.72 - 46 * float(np.sin(x / 150 + seed)))
        for x in range(0, WIDTH + 40, 40)
    ]
    brush.polygon([(0, HEIGHT * 0.73), *hills, (WIDTH, HEIGHT * 0.73)], (120, 168, 128))
    brush.grain(2.0, seed)
    post = [(468.0, 330.0), (492.0, 330.0), (492.0, 600.0), (468.0, 600.0)]
    brush.shadow(post, (10, 4), 4, 0.3)
    brush.polygon(post, (116, 120, 124))
    plate = rounded_box((240, 150, 720, 360), 22)
    brush.shadow(plate, (8, 10), 8, 0.4)
    brush.polygon(plate, ink)
    brush.polygon(rounded_box((250, 160, 710, 350), 16), ground)
    seen = [
        SeenObject("sign", Rectangle((240, 150, 720, 360))),
        SeenObject("post", Rectangle((468, 360, 492, 600))),
    ]
    for text, base, size, bold in ((title, 250.0, 46.0, True), (below, 318.0, 24.0, False)):
        width = text_width(text, size, bold=bold)
        x = (WIDTH - width) / 2
        brush.text(text, (x, base), size, ink, bold=bold)
        box = Rectangle((x - 3, base - size - 4, x + width + 3, base + size * 0.35))
        seen.append(SeenObject("text", box, text))
    return Scene(name, brush.finished(), tuple(seen))


def _cloud(brush: Brush, x: float, y: float, chance: np.random.Generator) -> None:
    for _ in range(5):
        dx, dy = chance.uniform(-60, 60), chance.uniform(-12, 12)
        brush.ellipse((x + float(dx), y + float(dy)), (46, 20), (250, 244, 238))


# A street -----------------------------------------------------------------------------------------

_CARS: Final[tuple[tuple[Colour, float, float, float], ...]] = (
    # colour, where it begins, pixels a frame, the lane's middle
    ((58, 66, 200), -120.0, 74.0, 430.0),
    ((196, 150, 60), 300.0, 46.0, 430.0),
    ((80, 170, 220), 1010.0, -66.0, 320.0),
    ((90, 150, 80), 620.0, -40.0, 320.0),
)  # fmt: skip


def street(name: str, frame: int) -> Scene:
    """One moment of a street with moving cars."""
    brush = Brush(WIDTH, HEIGHT, (200, 190, 180))
    brush.gradient((214, 186, 150), (232, 220, 204), 0.0, 0.35)
    for number, x in enumerate(range(0, WIDTH, 120)):
        tall = 90 + (number * 53) % 70
        wall = (150 + (number * 17) % 40, 160 + (number * 29) % 40, 180 + (number * 13) % 30)
        brush.polygon([(x, 224 - tall), (x + 118, 224 - tall), (x + 118, 224), (x, 224)], wall)
        for row in range(2):
            for column in range(3):
                left, top = x + 16 + 34 * column, 236 - tall + 40 * row
                pane = [(left, top), (left + 20, top), (left + 20, top + 24), (left, top + 24)]
                brush.polygon(pane, (120, 104, 84))
    brush.polygon([(0, 224), (WIDTH, 224), (WIDTH, 262), (0, 262)], (176, 178, 180))
    brush.polygon([(0, 262), (WIDTH, 262), (WIDTH, 500), (0, 500)], (92, 92, 94))
    brush.polygon([(0, 500), (WIDTH, 500), (WIDTH, HEIGHT), (0, HEIGHT)], (170, 172, 174))
    for x in range(20, WIDTH, 90):
        brush.polygon([(x, 378), (x + 48, 378), (x + 48, 384), (x, 384)], (226, 230, 232))
    brush.grain(2.4, 77)
    seen = []
    for colour, start, speed, lane in _CARS:
        middle = start + speed * frame
        if -60 < middle < WIDTH + 60:
            seen.append(_car(brush, middle, lane, colour, forward=speed > 0))
    return Scene(name, brush.finished(), tuple(seen))


def _car(brush: Brush, x: float, y: float, colour: Colour, *, forward: bool) -> SeenObject:
    side = 1.0 if forward else -1.0
    body = rounded_box((x - 88, y - 16, x + 88, y + 26), 14)
    roof = [
        (x - 52 * side, y - 14),
        (x - 34 * side, y - 48),
        (x + 26 * side, y - 48),
        (x + 56 * side, y - 14),
    ]
    brush.shadow(rounded_box((x - 92, y + 18, x + 92, y + 38), 10), (0, 6), 6, 0.5)
    brush.polygon(roof, colour)
    glass = [
        (x - 40 * side, y - 16),
        (x - 27 * side, y - 42),
        (x + 21 * side, y - 42),
        (x + 43 * side, y - 16),
    ]
    brush.polygon(glass, (206, 196, 176))
    brush.line([(x - 4 * side, y - 44), (x - 4 * side, y - 14)], colour, 5)
    brush.polygon(body, colour)
    dark = (colour[0] * 2 // 3, colour[1] * 2 // 3, colour[2] * 2 // 3)
    brush.line([(x - 80, y + 8), (x + 80, y + 8)], dark, 2)
    brush.ellipse((x + 82 * side, y - 2), (6, 7), (190, 240, 250))
    for wheel in (x - 50, x + 50):
        brush.ellipse((wheel, y + 26), (19, 19), (34, 34, 36))
        brush.ellipse((wheel, y + 26), (9, 9), (170, 172, 174))
    box = Rectangle((max(0.0, x - 88), y - 48, min(float(WIDTH), x + 88), y + 45))
    return SeenObject("car", box)
