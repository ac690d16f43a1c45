"""The words of the window in the person's language: English in the code, other languages from catalogues.

Every text that the window shows goes through `tr` or `tr_n`, whose literals are collected into the catalogues in
`resources/translations/<language>/LC_MESSAGES/annotator.po` (gettext's format). Titles of commands and settings are
data, translated where they are shown.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gettext import NullTranslations

_catalogue: "NullTranslations | None" = None


def use_language(language: str, folder: str) -> bool:
    """Speak a language from now on; return whether there is a catalogue of it. English needs none.

    language: a code such as `de` or `zh`, with or without a region (`de_AT`). folder: that of the catalogues.
    """
    global _catalogue
    _catalogue = None
    if language.startswith("en"):
        return True
    import gettext

    names = [language, language.partition("_")[0]]
    try:
        _catalogue = gettext.translation("annotator", folder, names)
    except OSError:  # there is none, or it cannot be read
        return False
    return True


def tr(text: str, **values: object) -> str:
    """Return a text in the person's language, its `{names}` replaced by values."""
    found = text if _catalogue is None else _catalogue.gettext(text)
    return found.format(**values) if values else found


def tr_n(one: str, many: str, count: int, **values: object) -> str:
    """Return the text for a number of things; `{count}` in it is replaced by the number, with separators."""
    english = one if count == 1 else many
    found = english if _catalogue is None else _catalogue.ngettext(one, many, count)
    return found.format(count=f"{count:,}", **values)
