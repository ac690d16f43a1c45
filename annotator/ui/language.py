"""The language of the window: what the settings say, or what the system speaks."""

from typing import Final

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from annotator.settings import LANGUAGE, Settings
from annotator.translation import use_language
from annotator.ui.resources import resource_path

# The catalogue of Chinese is in the simplified script, so Qt's own words are, too, wherever the person is.
_REGIONS: Final = {"zh": "zh_CN"}
# Many signs are written otherwise in Japan: fonts of Windows, of macOS and of Linux with those of China.
CHINESE_FONTS: Final = ("Microsoft YaHei UI", "PingFang SC", "Noto Sans CJK SC")


def speak(settings: Settings, application: QApplication) -> str:
    """Speak the language of the settings, Qt's own dialogs included; return its code. To be called before any text."""
    chosen = settings.get(LANGUAGE)
    code = QLocale.system().name() if chosen == "system" else chosen
    if code.startswith("en") or not use_language(code, resource_path("translations")):
        return "en"
    code_of_qt = _REGIONS.get(code.partition("_")[0], code)
    QLocale.setDefault(QLocale(code if "_" in code else code_of_qt))
    translator = QTranslator(application)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(f"qtbase_{code_of_qt}", folder):
        application.installTranslator(translator)
    return code
