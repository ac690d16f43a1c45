"""What a format lets the person choose when it writes, declared so that windows and commands can ask for it."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class FormatOption:
    """One switch of a writer. title, help: for the person, in English."""

    id: str
    title: str
    help: str = ""
    default: bool = False


SAVE_IMAGES: Final = FormatOption(
    "save_images", "Copy the pictures, too", "Without them the dataset only names its pictures."
)
