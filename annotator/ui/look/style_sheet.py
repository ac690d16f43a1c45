"""The style sheet of the window, made from tokens."""

from annotator.ui.look import tokens
from annotator.ui.look.tokens import Tokens
from annotator.ui.resources import resource_path

# Icons that Qt itself draws, in the colours of each theme.
_PICTURES = ("clear", "down", "mark", "right", "tick", "up")
_TEMPLATE = """
QToolTip {{ background: {bg2}; color: {text}; border: 1px solid {line}; padding: 4px 6px; }}
QMenuBar {{ background: {bg1}; color: {text}; border-bottom: 1px solid {line}; padding: 0 4px; }}
QMenuBar::item {{ background: transparent; padding: 5px 8px; border-radius: 4px; }}
QMenuBar::item:selected {{ background: {bg3}; }}
QMenu {{ background: {bg2}; color: {text}; border: 1px solid {line}; padding: 4px; }}
QMenu::item {{ padding: 5px 24px 5px 12px; border-radius: 4px; }}
QMenu::item:selected {{ background: {accent_ground}; }}
QMenu::item:disabled {{ color: {faint}; }}
QMenu::icon {{ padding-left: 8px; }}
QMenu::indicator {{ width: 16px; height: 16px; left: 8px; }}
QMenu::indicator:checked {{ image: url("{mark}"); }}
QMenu::right-arrow {{ image: url("{right}"); width: 12px; height: 12px; right: 8px; }}
QMenu::separator {{ height: 1px; background: {line}; margin: 4px 8px; }}
QMainWindow::separator {{ background: {bg1}; width: 4px; height: 4px; }}
QMainWindow::separator:vertical {{ border-left: 1px solid {line}; }}
QMainWindow::separator:horizontal {{ border-top: 1px solid {line}; }}
QMainWindow::separator:hover {{ background: {line}; }}
QToolBar {{ background: {bg1}; border: none; spacing: 0; padding: 0; }}
QStatusBar {{ background: {bg1}; color: {dim}; border-top: 1px solid {line}; }}
QStatusBar::item {{ border: none; }}
QDockWidget {{ color: {text}; border: 1px solid {line}; titlebar-close-icon: none; titlebar-normal-icon: none; }}
#panel, #bar, #strip {{ background: {bg1}; }}
#bar {{ border-bottom: 1px solid {line}; }}
#strip {{ border-right: 1px solid {line}; }}
#canvasArea {{ background: {canvas}; }}
#startPage {{ background: {bg0}; }}
#card {{ background: {bg1}; border: 1px solid {line}; border-radius: 8px; }}
#heading {{ font-size: 22px; font-weight: 600; }}
#sectionHead {{ color: {dim}; font-size: {head}px; font-weight: 600; }}
#dim {{ color: {dim}; }}
#faint {{ color: {faint}; }}
#strong {{ font-weight: 600; }}
#bad {{ color: {bad}; }}
#good {{ color: {good}; }}
#step {{ color: {dim}; }}
#stepNow {{ font-weight: 600; }}
#exportSide {{ background: transparent; }}
#figure {{ font-size: 18px; font-weight: 600; }}
QPushButton {{ background: {bg3}; color: {text}; border: 1px solid {line}; border-radius: 6px;
  padding: 0 12px; min-height: 26px; }}
QPushButton:hover {{ border-color: {faint}; }}
QPushButton:pressed {{ background: {line}; }}
QPushButton:focus {{ border: 1px solid {accent}; }}
QPushButton:disabled {{ color: {faint}; background: {bg1}; }}
QPushButton#primary {{ background: {accent}; color: {on_accent}; border: 1px solid {accent}; font-weight: 600; }}
QPushButton#primary:focus {{ border: 1px solid {text}; }}
QPushButton#primary:disabled {{ background: {bg3}; color: {faint}; border: 1px solid {line}; }}
QPushButton::menu-indicator {{ image: url("{down}"); width: 14px; height: 14px; right: 6px;
  subcontrol-origin: padding; subcontrol-position: center right; }}
QPushButton#target {{ background: {bg1}; border-radius: 8px; padding: 0; min-height: 60px; }}
#targetTitle {{ font-size: 14px; font-weight: 600; }}
QPushButton#target:hover {{ background: {bg2}; border-color: {accent}; }}
QPushButton#target:focus {{ border: 1px solid {accent}; }}
QPushButton#link {{ background: transparent; border: 1px solid transparent; color: {accent}; padding: 0 6px;
  font-weight: 600; }}
QPushButton#link:hover {{ background: {bg3}; }}
QPushButton#link:disabled {{ color: {faint}; background: transparent; }}
QPushButton#link:focus {{ border: 1px solid {accent}; }}
QToolButton {{ background: transparent; color: {text}; border: 1px solid transparent; border-radius: 6px;
  padding: 4px; }}
#propertiesScroll, #properties {{ background: transparent; }}
#divider {{ background: {line}; }}
QToolButton:hover {{ background: {bg3}; }}
QToolButton:pressed {{ background: {line}; }}
QToolButton:focus {{ border: 1px solid {accent}; }}
QPushButton#recentFilter {{ background: transparent; border: 1px solid transparent; text-align: left; padding: 0 8px; }}
QPushButton#recentFilter:hover {{ background: {bg3}; }}
QPushButton#recentFilter:focus {{ border: 1px solid {accent}; }}
QToolButton#field {{ background: {bg3}; padding: 0; }}
QToolButton#field::menu-indicator {{ image: none; }}
QToolButton#tool {{ border-radius: 8px; padding: 0; }}
QToolButton#tool:checked {{ background: {accent_ground}; }}
QLineEdit {{ background: {bg3}; color: {text}; border: 1px solid {bg3}; border-radius: 6px; padding: 0 6px;
  min-height: 26px; selection-background-color: {accent}; selection-color: {on_accent};
  placeholder-text-color: {dim}; lineedit-clear-button-icon: url("{clear}"); }}
QLineEdit:focus {{ border: 1px solid {accent}; }}
QLineEdit[bad="true"] {{ border: 1px solid {bad}; }}
QLineEdit:disabled {{ color: {faint}; }}
QLineEdit#frameNumber {{ font-weight: 600; padding: 0 4px; background: transparent; border: none; }}
#frameField {{ background: {bg3}; border: 1px solid {bg3}; border-radius: 6px; }}
#frameField[focused="true"] {{ border: 1px solid {accent}; }}
QSpinBox, QDoubleSpinBox {{ background: {bg3}; color: {text}; border: 1px solid {bg3}; border-radius: 6px;
  padding: 0 6px; min-height: 26px; selection-background-color: {accent}; selection-color: {on_accent}; }}
QSpinBox:focus, QDoubleSpinBox:focus {{ border: 1px solid {accent}; }}
QSpinBox::up-button, QDoubleSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::down-button {{
  border: none; width: 0; }}
QComboBox {{ background: {bg3}; color: {text}; border: 1px solid {bg3}; border-radius: 6px; padding: 0 8px;
  min-height: 26px; }}
QComboBox::drop-down {{ border: none; width: 26px; }}
QComboBox::down-arrow {{ image: url("{down}"); width: 14px; height: 14px; }}
QComboBox:disabled {{ color: {faint}; }}
QComboBox:focus {{ border: 1px solid {accent}; }}
QComboBox QAbstractItemView {{ background: {bg2}; color: {text}; border: 1px solid {line}; border-radius: 0;
  selection-background-color: {accent_ground}; selection-color: {text}; outline: none; }}
QComboBox QAbstractItemView:focus {{ border: 1px solid {line}; }}
QAbstractItemView {{ background: transparent; color: {text}; border: 1px solid transparent; border-radius: 6px;
  outline: none; selection-background-color: {accent_ground}; selection-color: {text}; }}
QAbstractItemView:focus, QTableView:focus, QListView#rows:focus, QTableView#rows:focus,
QListWidget#boxed:focus {{ border: 1px solid {accent}; }}
QPlainTextEdit, QTextEdit {{ background: {bg2}; color: {text}; border: 1px solid {line}; border-radius: 6px;
  padding: 2px; }}
QPlainTextEdit:focus, QTextEdit:focus {{ border: 1px solid {accent}; }}
QTableView {{ background: {bg2}; border: 1px solid {line}; border-radius: 6px; gridline-color: {line}; }}
QTableView::item {{ padding: 0 8px; }}
QListView#rows, QTableView#rows {{ background: transparent; border: 1px solid transparent; border-radius: 0; }}
QListView#recent, QListView#recent:focus {{ border: none; }}
QHeaderView::section {{ background: {bg1}; color: {dim}; border: none; border-bottom: 1px solid {line};
  padding: 4px 10px; }}
QTableView#rows::item {{ padding: 0 4px; }}
QTableView#rows QHeaderView::section {{ padding: 4px 6px; }}
QHeaderView::down-arrow {{ image: url("{down}"); width: 12px; height: 12px; subcontrol-position: center right; }}
QHeaderView::up-arrow {{ image: url("{up}"); width: 12px; height: 12px; subcontrol-position: center right; }}
QTabBar {{ background: {bg1}; qproperty-drawBase: 0; }}
QTabBar::tab {{ background: transparent; color: {dim}; border: none; border-bottom: 2px solid transparent;
  padding: 7px 4px 6px 4px; margin: 0 8px; }}
QTabBar::tab:selected {{ color: {text}; border-bottom: 2px solid {accent}; font-weight: 600; }}
QTabBar::tab:hover {{ color: {text}; }}
QTabBar::tab:selected:focus {{ background: {accent_ground}; }}
QTabWidget::pane {{ border: none; border-top: 1px solid {line}; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle {{ background: {line}; border-radius: 4px; margin: 1px; min-height: 28px; min-width: 28px; }}
QScrollBar::handle:hover {{ background: {faint}; }}
QScrollBar::handle:disabled {{ background: transparent; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QCheckBox {{ color: {text}; spacing: 8px; }}
QCheckBox#bare {{ spacing: 0; }}
QCheckBox::indicator, QTableView::indicator {{ width: 16px; height: 16px; border: 1px solid {faint};
  border-radius: 4px; background: {bg3}; }}
QCheckBox::indicator:hover, QCheckBox::indicator:focus {{ border-color: {accent}; }}
QCheckBox::indicator:checked, QTableView::indicator:checked {{ background: {accent}; border-color: {accent};
  image: url("{tick}"); }}
QCheckBox::indicator:checked:focus {{ border-color: {text}; }}
QCheckBox::indicator:indeterminate {{ background: {faint}; border-color: {faint}; }}
QRadioButton {{ color: {text}; spacing: 8px; }}
QRadioButton::indicator {{ width: 14px; height: 14px; border: 1px solid {faint}; border-radius: 8px;
  background: {bg3}; }}
QRadioButton::indicator:hover, QRadioButton::indicator:focus {{ border-color: {accent}; }}
QRadioButton::indicator:checked {{ width: 6px; height: 6px; border: 5px solid {accent}; background: {on_accent}; }}
QRadioButton::indicator:checked:focus {{ border-color: {text}; }}
QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {bg3}; }}
QSlider::sub-page:horizontal {{ height: 4px; border-radius: 2px; background: {accent}; }}
QSlider#fromPlain::sub-page:horizontal {{ background: {bg3}; }}
QSlider::handle:horizontal {{ width: 14px; height: 14px; margin: -5px 0; border-radius: 7px; background: {thumb};
  border: 1px solid {line}; }}
QSlider::handle:horizontal:focus {{ width: 12px; height: 12px; border: 2px solid {accent}; }}
QProgressBar {{ background: {bg3}; border: none; border-radius: 2px; max-height: 4px; }}
QProgressBar::chunk {{ background: {accent}; border-radius: 2px; }}
#segments {{ background: {bg3}; border: 1px solid {line}; border-radius: 6px; }}
QPushButton#segment {{ background: transparent; border: 1px solid transparent; border-radius: 5px; color: {dim};
  padding: 0 12px; min-height: 24px; }}
QPushButton#segment:hover {{ color: {text}; }}
QPushButton#segment:checked {{ background: {bg1}; color: {text}; font-weight: 600; }}
QPushButton#segment:focus {{ border: 1px solid {accent}; }}
#workState {{ border-radius: 4px; }}
#workState:hover, #workState:focus {{ background: {bg3}; }}
#dockTitle {{ background: {bg1}; border-bottom: 1px solid {line}; }}
QToolButton#projectName {{ color: {dim}; padding: 0 6px; }}
QToolButton#projectName:hover {{ color: {text}; }}
QToolButton#projectName::menu-indicator {{ image: none; }}
QListWidget#boxed {{ background: {bg2}; border: 1px solid {line}; border-radius: 6px; padding: 4px; }}
#messageBar, #suggestionBar {{ background: {bg2}; border: 1px solid {line}; border-radius: 8px; }}
#popup {{ background: {bg2}; border: 1px solid {line}; border-radius: 8px; }}
#paletteButton {{ background: {bg3}; border: 1px solid {bg3}; border-radius: 6px; }}
#paletteButton:hover {{ border: 1px solid {line}; }}
#paletteButton:focus {{ border: 1px solid {accent}; }}
QLineEdit#paletteField {{ background: transparent; border: none; font-size: 14px; padding: 0 8px; }}
QPushButton#keyChip {{ background: {bg3}; border: 1px solid {line}; border-radius: 5px; padding: 0 8px; }}
QPushButton#keyChip:hover {{ border: 1px solid {bad}; }}
QPushButton#keyChip:focus {{ border: 1px solid {accent}; }}
#pageHead {{ font-size: 15px; font-weight: 600; }}
#warn {{ color: {warn}; }}
#settingsWindow {{ background: {bg1}; }}
#settingsBody {{ background: transparent; }}
#settingsWindow QScrollArea {{ background: transparent; border: none; }}
QListWidget#listField, QPlainTextEdit#code, QTreeView#labelTree {{ background: {bg2}; border: 1px solid {line};
  border-radius: 6px; padding: 2px; selection-background-color: {accent_ground}; selection-color: {text}; }}
QListWidget#listField:focus, QPlainTextEdit#code:focus, QTreeView#labelTree:focus {{ border: 1px solid {accent}; }}
QListWidget#listField::item {{ padding: 0 6px; min-height: 26px; }}
QListWidget#listField::item:hover {{ background: {bg3}; }}
QListWidget#listField::item:selected {{ background: {accent_ground}; color: {text}; }}
QListWidget#listField QLineEdit {{ border-radius: 0; min-height: 22px; padding: 0 4px; }}
QAbstractScrollArea::corner {{ background: transparent; border: none; }}
QToolButton#menuButton:disabled {{ color: {faint}; background: {bg1}; }}
QTabBar#plainTabs {{ background: transparent; }}
QToolButton#menuButton {{ background: {bg3}; border: 1px solid {line}; padding: 0 24px 0 12px; min-height: 24px; }}
QToolButton#menuButton::menu-indicator {{ image: url("{down}"); width: 14px; height: 14px; right: 6px;
  subcontrol-origin: padding; subcontrol-position: center right; }}
QToolButton#menuButton:hover {{ border-color: {faint}; }}
QToolButton#menuButton:focus {{ border: 1px solid {accent}; }}
QSplitter::handle {{ background: transparent; }}
QListWidget#sections {{ background: transparent; }}
QListWidget#sections::item {{ padding: 6px 10px; border-radius: 6px; }}
QListWidget#sections::item:hover {{ background: {bg3}; }}
QListWidget#sections::item:selected {{ background: {accent_ground}; color: {text}; }}
QToolButton#progressText {{ color: {dim}; padding: 0 6px; font-size: {status}px; }}
#statusText {{ color: {dim}; font-size: {status}px; }}
"""


def style_sheet(colours: Tokens) -> str:
    """Return the style sheet in the colours of a theme."""
    names = {name: getattr(colours, name) for name in colours.__slots__}
    return _TEMPLATE.format(
        **names,
        head=tokens.HEAD_TEXT,
        status=tokens.STATUS_TEXT,
        thumb="#ffffff",
        **{
            one: resource_path("icons", f"{one}-{colours.name}.svg").replace("\\", "/")
            for one in _PICTURES
        },
    )
