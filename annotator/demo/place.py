"""Where a demo lies. Light to import: the start page asks for it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DemoPlace:
    """Where the parts of a demo lie."""

    folder: Path

    @property
    def pictures(self) -> Path:
        """The folder of its pictures."""
        return self.folder / "pictures"

    @property
    def project(self) -> Path:
        """The folder of its project, which recent projects are named after."""
        return self.folder / "Demo"

    @property
    def coco(self) -> Path:
        """Where its dataset is written."""
        return self.folder / "coco"

    @property
    def is_there(self) -> bool:
        """Whether the demo has been made."""
        from annotator.project.project import FILE_NAME

        return (self.project / FILE_NAME).is_file()


def demo_place() -> DemoPlace:
    """Return the place of the demo among the user's data."""
    from platformdirs import user_data_path

    return DemoPlace(user_data_path("annotator", appauthor=False) / "demo")
