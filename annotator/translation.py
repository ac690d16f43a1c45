"""The words of the window in the person's language: English in the code, other languages from catalogues.

Every text that the window shows goes through `tr` or `tr_n`, whose literals are collected into the catalogues in
`resources/translations/<language>/LC_MESSAGES/annotator.po` (gettext's format). Titles of commands and settings are
data, translated where they are shown.
"""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gettext import NullTranslations

# Between thousands, and before decimals; in all other languages as in English.
_SEPARATORS: Final = {"de": (".", ",")}

_catalogue: "NullTranslations | None" = None
_separators = (",", ".")


def use_language(language: str, folder: str) -> bool:
    """Speak a language from now on; return whether there is a catalogue of it. English needs none.

    language: a code such as `de` or `zh`, with or without a region (`de_AT`). folder: that of the catalogues.
    """
    global _catalogue, _separators
    _catalogue, _separators = None, (",", ".")
    if language.startswith("en"):
        return True
    import gettext
    import struct

    base = language.partition("_")[0]
    try:
        _catalogue = gettext.translation("annotator", folder, [language, base])
    except (OSError, ValueError, LookupError, struct.error):
        return False  # there is none, or it is damaged
    _separators = _SEPARATORS.get(base, _separators)
    return True


def speaks_english() -> bool:
    """Whether texts are shown as they are written in the program."""
    return _catalogue is None


def tr(text: str, **values: object) -> str:
    """Return a text in the person's language, its `{names}` replaced by values."""
    found = text if _catalogue is None else _catalogue.gettext(text)
    return found.format(**values) if values else found


def tr_n(one: str, many: str, count: int, **values: object) -> str:
    """Return the text for a number of things; `{count}` in it is replaced by the number, with separators."""
    english = one if count == 1 else many
    found = english if _catalogue is None else _catalogue.ngettext(one, many, count)
    return found.format(count=in_digits(count), **values)


def in_digits(count: int) -> str:
    """Return a whole number with the separators of the person's language: `1,234` or `1.234`."""
    return f"{count:,}".replace(",", _separators[0])


def decimal_text(value: float, digits: int) -> str:
    """Return a number that is only read, rounded to some decimals, as the person's language writes it.

    Coordinates are not written so: they are typed and stand in files with a dot in every language.
    """
    thousands, point = _separators
    whole, _, rest = f"{value:,.{digits}f}".partition(".")
    whole = whole.replace(",", thousands)
    return f"{whole}{point}{rest}" if rest else whole


def with_dot(typed: str) -> str:
    """Return a number as it was typed with a dot before its decimals, where the language writes another sign."""
    return typed if "." in typed else typed.replace(_separators[1], ".")
