"""The language of the window: what the settings say, or what the system speaks."""

from typing import Final

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from annotator.settings import LANGUAGE, Settings
from annotator.translation import use_language
from annotator.ui.resources import resource_path

# Chinese without a region is written as in mainland China.
_REGIONS: Final = {"zh": "zh_CN"}


def speak(settings: Settings, application: QApplication) -> str:
    """Speak the language of the settings, Qt's own dialogs included; return its code. To be called before any text."""
    chosen = settings.get(LANGUAGE)
    code = QLocale.system().name() if chosen == "system" else chosen
    if code.startswith("en") or not use_language(code, resource_path("translations")):
        return "en"
    QLocale.setDefault(QLocale(_REGIONS.get(code, code)))
    translator = QTranslator(application)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(f"qtbase_{_REGIONS.get(code, code)}", folder):
        application.installTranslator(translator)
    return code
