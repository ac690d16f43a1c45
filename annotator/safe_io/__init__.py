"""The only opener of untrusted bytes, and the writer of files that appear whole or not at all."""

from annotator.safe_io.errors import InputError as InputError
from annotator.safe_io.errors import Rule as Rule
from annotator.safe_io.errors import shortened as shortened
from annotator.safe_io.errors import unreadable as unreadable
from annotator.safe_io.errors import unwritable as unwritable
from annotator.safe_io.json_files import decode_json as decode_json
from annotator.safe_io.json_files import read_json as read_json
from annotator.safe_io.json_mistakes import wrong_value as wrong_value
from annotator.safe_io.limits import DEFAULT_LIMITS as DEFAULT_LIMITS
from annotator.safe_io.limits import Limits as Limits
from annotator.safe_io.paths import FileNames as FileNames
from annotator.safe_io.paths import name_problem as name_problem
from annotator.safe_io.paths import printable as printable
from annotator.safe_io.paths import resolve_inside as resolve_inside
from annotator.safe_io.paths import safe_file_name as safe_file_name
from annotator.safe_io.reading import open_regular as open_regular
from annotator.safe_io.reading import read_bytes as read_bytes
from annotator.safe_io.reading import read_stream as read_stream
from annotator.safe_io.reading import read_text as read_text
from annotator.safe_io.writing import unfinished_files as unfinished_files
from annotator.safe_io.writing import whole_folder as whole_folder
from annotator.safe_io.writing import whole_path as whole_path
from annotator.safe_io.writing import write_whole as write_whole
from annotator.safe_io.xml_files import iterparse_xml as iterparse_xml
from annotator.safe_io.xml_files import parse_xml as parse_xml
from annotator.safe_io.yaml_files import safe_yaml as safe_yaml
