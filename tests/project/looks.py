"""A detector without weights, and projects of pictures on which it sees something known."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from annotator.core.labels import LabelSchema
from annotator.core.shapes import Rectangle
from annotator.media.opencv import cv2
from annotator.models.proposal import Proposal
from annotator.project.creating import create_task
from annotator.project.organisation import Frame
from annotator.project.project import Project
from annotator.project.suggesting.annotating import RunningModel
from annotator.project.suggesting.suggestions import SuggestingModel

COLOURS = {"red": (0, 0, 255), "green": (0, 255, 0)}
Box = tuple[int, int, int, int]


class Patches:
    """Sees connected patches of pure red and green; the score is the darkness of the picture around, 0..1."""

    labels = tuple(COLOURS)

    def __init__(self) -> None:
        self.looked = 0

    def detect(self, pixels: np.ndarray, threshold: float) -> list[Proposal]:
        self.looked += 1
        pixels = pixels[..., :3]
        score = 1.0 - float(pixels[-1, -1].mean()) / 255
        found = []
        for name, colour in COLOURS.items():
            mask = (pixels == colour).all(2).astype(np.uint8)
            count, _, stats, _ = cv2.connectedComponentsWithStats(mask)
            for x, y, width, height, _ in stats[1:count].tolist():
                shape = Rectangle((x, y, x + width, y + height))
                found.append(Proposal(name, shape, score))
        return [one for one in found if one.score >= threshold]


def patches(revision: str = "1", model: str = "patches") -> tuple[RunningModel, Patches]:
    detector = Patches()
    known = SuggestingModel(model, revision, detector.labels)
    return RunningModel(known, detector), detector


def draw(path: Path, seen: Sequence[tuple[str, Box]], grey: int = 51) -> None:
    """Write a picture with patches; those of 51 have the score 0.8."""
    pixels = np.full((100, 200, 3), grey, np.uint8)
    for name, (x0, y0, x1, y1) in seen:
        pixels[y0:y1, x0:x1] = COLOURS[name]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())


SEEN: tuple[tuple[str, Box], ...] = (("red", (10, 10, 40, 40)), ("green", (100, 20, 150, 60)))


def make_project(folder: Path, count: int, labels: LabelSchema | None = None) -> Project:
    for number in range(count):
        draw(folder / "pictures" / f"{number:03}.png", SEEN)
    created = create_task(folder / "p", [folder / "pictures"], labels=labels or LabelSchema())
    return created.project


def first_frame(project: Project) -> Frame:
    return next(iter(project.frames(project.tasks()[0].id)))
