import gzip
import json
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.safe_io import (
    DEFAULT_LIMITS,
    InputError,
    decode_json,
    iterparse_xml,
    json_files,
    read_json,
    safe_yaml,
)
from annotator.safe_io.json_files import nesting


class Item(msgspec.Struct):
    id: int
    box: tuple[float, float, float, float]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(alphabet='a"\\[]{}é\n'),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet='"\\[{'), inner, max_size=3)
    ),
    max_leaves=12,
)


def refusal(read: Callable[..., object], *arguments: object) -> str:
    """What is said against the input; "" if it is taken. Any other error fails the test."""
    try:
        read(*arguments)
    except InputError as error:
        return str(error)
    return ""


def depth_of(value: object) -> int:
    if isinstance(value, list):
        return 1 + max(map(depth_of, value), default=0)
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    return 0


@given(json_values)
def test_nesting_is_the_depth_of_the_value(value):
    assert nesting(json.dumps(value).encode()) == depth_of(value)
    assert nesting(json.dumps(value, ensure_ascii=False, indent=1).encode()) == depth_of(value)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_files, "_PIECE", 3)
        assert nesting(json.dumps(value).encode()) == depth_of(value)


def test_looking_at_nothing_but_brackets_takes_little_memory():
    data = b"[" * 20_000_000
    tracemalloc.start()
    try:
        assert nesting(data) == len(data)
        assert tracemalloc.get_traced_memory()[1] < 3 * len(data)
    finally:
        tracemalloc.stop()


@given(json_values)
def test_json_is_read_as_it_was_written(value):
    assert decode_json(json.dumps(value).encode(), object) == value


def test_json_of_a_declared_type_with_byte_order_mark(tmp_path: Path):
    path = tmp_path / "a.json"
    path.write_bytes(b'\xef\xbb\xbf[{"id": 1, "box": [1, 2, 3.5, 4], "unknown": {"x": []}}]')
    assert read_json(path, list[Item]) == [Item(1, (1.0, 2.0, 3.5, 4.0))]


@pytest.mark.parametrize("text", [r"\ud800", r"\uD83Dx", r"\udc80", r"\ude00\ud83d", r"\\\udfff"])
def test_half_of_a_character_is_told_as_that(text: str):
    with pytest.raises(InputError, match=r"a\.json, line 2: .* half of a character") as caught:
        decode_json(b'["ok",\n"' + text.encode() + b'"]', object, name="a.json")
    assert caught.value.line == 2
    whole = rb'["\ud83d\ude00", "\\ud800"]'
    assert decode_json(whole, object) == ["😀", r"\ud800"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_json_in_another_encoding_is_told_as_that(encoding: str):
    data = '{"a": 1}'.encode(encoding)
    mark = b"" if encoding == "utf-16" else "\ufeff".encode(encoding)
    with pytest.raises(
        InputError, match=r"a\.json, line 1: the text is not UTF-8; save it as UTF-8"
    ):
        decode_json(mark + data, object, name="a.json")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\n---\nb: 2", "line 2: it holds several documents; keep one of them"),
        ("a:\n\tb: 1", "line 2: a tab or a sign stands where a value begins"),
        ("? [a]\n: b", "line 1: a key is a list or an object"),
        ("a: b: c", "line 1: there is a colon too many"),
        ("a: *x", 'line 1: a name behind "\\*" refers to something that is not there'),
        (
            "!!python/object:x {}",
            "line 1: the tag 'tag:yaml.org,2002:python/object:x' is not read; take",
        ),
    ],
)
def test_mistakes_in_yaml_are_told_in_plain_words(text: str, told: str):
    with pytest.raises(InputError, match=rf"a\.yaml, {told}"):
        safe_yaml(text, name="a.yaml")


def test_deep_json_is_refused_and_its_legal_neighbour_is_read():
    deepest = b"[" * 200 + b"]" * 200
    assert depth_of(decode_json(deepest, object)) == 200
    for data in (b"[" + deepest + b"]", b"[" * 200_000, b'{"a":' * 100_000):
        with pytest.raises(InputError, match="200 levels") as caught:
            decode_json(data, object, name="a.json")
        assert caught.value.rule == "depth"


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e999", '{"a": NaN}'])
def test_numbers_that_are_none_are_refused(text):
    with pytest.raises(InputError):
        decode_json(text.encode(), object)


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "nan", "-inf"])
@pytest.mark.parametrize("kind", [object, list[msgspec.Raw], list[float]])
def test_numbers_that_are_none_are_named_with_their_line(word, kind):
    text = f"[1,\n{word},\n2]"
    line = r"a\.json, line [23]: "
    advice = f"{word} is no number in JSON; put a number or null in its place\\.$"
    with pytest.raises(InputError, match=line + advice) as caught:
        decode_json(text.encode(), kind, name="a.json")
    assert caught.value.rule == "syntax"


def test_such_words_in_texts_are_no_numbers():
    with pytest.raises(InputError, match="malformed"):
        decode_json(b'["NaN" 1]', object)


@pytest.mark.parametrize(
    ("text", "kind", "clause"),
    [
        ('{"a": [1, "x"]}', dict[str, list[float]], "[...][1] must be a number and is a text"),
        ("[1e999]", list[float], "[0] is a number that is too large"),
        ("3", list[int], "it must be a list and is a whole number"),
        ('[{"id": 1}]', list[Item], "the key 'box' is missing in [0]"),
        ('{"id": 1, "box": [1, 2, 3, null]}', Item, "box[3] must be a number and is null"),
        ("[true]", list[int | str | None], "[0] must be a whole number or a text or null"),
    ],
)
def test_wrong_values_are_told_in_plain_words(text, kind, clause):
    with pytest.raises(InputError) as caught:
        decode_json(text.encode(), kind)
    assert clause in str(caught.value)
    assert "`" not in str(caught.value)


def test_an_integer_without_end_is_refused():
    with pytest.raises(InputError):
        decode_json(b"9" * 5000, int)


def test_a_mistake_in_json_names_file_and_line():
    with pytest.raises(InputError, match=r"a\.json, line 3: .*malformed") as caught:
        decode_json(b'{\n"a": 1,\n"b" 2}', object, name="a.json")
    assert (caught.value.rule, caught.value.line) == ("syntax", 3)


def test_a_wrong_type_names_the_place():
    with pytest.raises(
        InputError, match=r"a\.json: \[1\]\.id must be a whole number and is a text\."
    ) as caught:
        decode_json(
            b'[{"id":1,"box":[1,2,3,4]},{"id":"x","box":[1,2,3,4]}]', list[Item], name="a.json"
        )
    assert caught.value.rule == "type"


@given(st.binary(max_size=60) | st.text(alphabet='{}[]",:0-9eE.\\tu ', max_size=40).map(str.encode))
def test_any_bytes_are_json_or_refused(data):
    assert "\n" not in refusal(decode_json, data, object)


def write_xml(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


CVAT = """<?xml version="1.0" encoding="utf-8"?>
<annotations><!-- a comment -->
  <version>1.1</version>
  <meta><task><name>Ä &amp; 猫</name></task></meta>
  <image id="0"><box xtl="1"/><image id="inner"/></image>
  <unknown/>
  <image id="1"/>
</annotations>"""


@pytest.mark.parametrize("packed", [False, True])
def test_elements_come_complete_with_their_lines(tmp_path: Path, packed):
    data = CVAT.encode()
    path = write_xml(tmp_path / "a.xml", gzip.compress(data) if packed else data)
    found = [
        (element.tag, element.get("id"), element.sourceline, [child.tag for child in element])
        for element in iterparse_xml(path, ("meta", "image"))
    ]
    assert found == [
        ("meta", None, 4, ["task"]),
        ("image", "0", 5, ["box", "image"]),
        ("image", "1", 7, []),
    ]


def test_names_are_read_as_text(tmp_path: Path):
    path = write_xml(tmp_path / "a.xml", CVAT)
    assert [element.text for element in iterparse_xml(path, ["name"])] == ["Ä & 猫"]
    path = write_xml(tmp_path / "b.xml", "<a>ä</a>".encode("utf-16"))
    assert [element.text for element in iterparse_xml(path, ["a"])] == ["ä"]


@pytest.mark.parametrize("rule", ["external", "internal", "bomb", "late", "utf-16"])
def test_any_document_type_is_refused(tmp_path: Path, rule):
    secret = write_xml(tmp_path / "secret", "TOPSECRET")
    bomb = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10 if i else "lol"}">' for i in range(10))
    text = {
        "external": f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><a>&x;</a>',
        "internal": '<!DOCTYPE a [<!ENTITY x "y">]><a b="&x;">&x;</a>',
        "bomb": f"<!DOCTYPE a [{bomb}]><a>&e9;</a>",
        "late": f"<!--{'x' * 100_000}--><!DOCTYPE a SYSTEM '{secret}'><a/>",
        "utf-16": "<!DOCTYPE a><a/>",
    }[rule]
    path = write_xml(tmp_path / "a.xml", text.encode("utf-16") if rule == "utf-16" else text)
    began = time.process_time()
    with pytest.raises(InputError, match=r"a\.xml: DTD not allowed") as caught:
        list(iterparse_xml(path, ["a"]))
    assert caught.value.rule == "dtd"
    assert "TOPSECRET" not in str(caught.value)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", r"line 1: it is not well-formed XML \(it is empty"),
        ("<a>\n<b>\n</a>", "line 3: .*Opening and ending tag mismatch"),
        ("<a/>\njunk", "line 2: .*Extra content"),
        ('<?xml version="1.0" encoding="klingon"?><a/>', "Unsupported encoding"),
        ("<a>&undefined;</a>", "line 1: .*entity that is not defined"),
        ("<a><!-- over\ntwo lines--b --></a>", "line 2: .*Double hyphen within comment"),
        ("<a>" * 300, "more than 256 levels"),
        ("<a>" + "x" * 11_000_000 + "</a>", "10 MB in one text"),
    ],
)
def test_a_mistake_in_xml_names_file_and_line(tmp_path: Path, text, reason):
    with pytest.raises(InputError, match=rf"a\.xml, .*{reason}") as caught:
        list(iterparse_xml(write_xml(tmp_path / "a.xml", text), ["a"]))
    assert "\n" not in str(caught.value)
    assert "HUGE" not in str(caught.value)


def test_what_a_mistake_in_xml_quotes_is_shortened(tmp_path: Path):
    text = f'<?xml version="1.0" encoding="{"k" * 20_000}"?><a/>'
    with pytest.raises(InputError, match="Unsupported encoding") as caught:
        list(iterparse_xml(write_xml(tmp_path / "a.xml", text), ["a"]))
    assert len(str(caught.value)) < 1_000


def test_a_gzip_bomb_is_refused_and_well_packed_data_are_read(tmp_path: Path):
    line = b'<image id="0"/>' + b" " * 985
    bomb = write_xml(tmp_path / "bomb.xml.gz", gzip.compress(b"<a>" + line * 100_000 + b"</a>", 9))
    assert bomb.stat().st_size < 400_000
    with pytest.raises(InputError, match="limit") as caught:
        list(iterparse_xml(bomb, ["image"]))
    assert caught.value.rule == "size"
    fine = write_xml(tmp_path / "fine.xml.gz", gzip.compress(b"<a>" + line * 9_000 + b"</a>", 9))
    assert sum(1 for _ in iterparse_xml(fine, ["image"])) == 9_000


def test_a_broken_gzip_file_is_named(tmp_path: Path):
    whole = gzip.compress(CVAT.encode())
    for data in (whole[:-12], whole[:30] + b"\0" * 20 + whole[50:]):
        with pytest.raises(InputError, match=r"a\.gz"):
            list(iterparse_xml(write_xml(tmp_path / "a.gz", data), ["image"]))


def test_an_unpacked_document_has_a_limit_too(tmp_path: Path):
    path = write_xml(tmp_path / "a.xml", "<a>" + "<b/>" * 1000 + "</a>")
    assert sum(1 for _ in iterparse_xml(path, ["b"])) == 1000
    with pytest.raises(InputError, match="limit"):
        list(iterparse_xml(path, ["b"], replace(DEFAULT_LIMITS, stream_bytes=4000)))


def test_a_long_document_takes_the_memory_of_one_element(tmp_path: Path):
    image = '<image id="0"><box xtl="1.5" ytl="2.5"/></image><skipped><x/></skipped>'
    path = write_xml(tmp_path / "a.xml", "<a>" + image * 100_000 + "</a>")
    most = 0
    for number, element in enumerate(iterparse_xml(path, ["image"])):
        if number % 10_000 == 0:
            root = element.getroottree().getroot()
            most = max(most, len(root))
    assert most < 2_000  # what one piece of the file holds


@given(st.binary(max_size=40) | st.text(alphabet='<>/ab!?[]-="& ', max_size=40).map(str.encode))
def test_any_bytes_are_xml_or_refused(tmp_path_factory: pytest.TempPathFactory, data):
    path = write_xml(tmp_path_factory.getbasetemp() / "any.xml", data)
    sentence = refusal(lambda: list(iterparse_xml(path, ["a"])))
    assert sentence == "" or "any.xml" in sentence


def test_plain_yaml():
    text = "path: ../x\nnames: {0: car, 1: 猫}\nkpt_shape: [17, 3]\nflip_idx: &f [0, 2, 1]\nother: *f\n"
    assert safe_yaml(text) == {
        "path": "../x",
        "names": {0: "car", 1: "猫"},
        "kpt_shape": [17, 3],
        "flip_idx": [0, 2, 1],
        "other": [0, 2, 1],
    }
    assert safe_yaml("") is None


@pytest.mark.parametrize(
    "text",
    [
        "!!python/object/apply:os.system ['true']",
        "!!python/name:os.system",
        "!!bool x",
        "!!timestamp x",
        "!!int ''",
        "2001-99-99",
        "a: [",
        "a: b: c",
        "? [a]\n: b",
        "&a [*b]",
        "\0",
        "a: 1\n--- \nb: 2",
    ],
)
def test_yaml_that_is_none_or_more_is_refused(text):
    with pytest.raises(InputError, match=r"^data\.yaml") as caught:
        safe_yaml(text, name="data.yaml")
    assert caught.value.rule == "syntax"
    assert "\n" not in str(caught.value)


def test_a_very_long_tag_is_shortened_where_it_is_told():
    with pytest.raises(InputError, match=r"the tag .* is not read") as caught:
        safe_yaml(f"a: !{'x' * 100_000} 1\n")
    assert len(str(caught.value)) < 500


def test_a_mistake_in_yaml_names_the_line():
    with pytest.raises(InputError, match="line 3"):
        safe_yaml("a: 1\nb: 2\nc: [1,, 2]\n")


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "- " * 100_000, "{a: " * 70, "".join(" " * i + "a:\n" for i in range(70))],
)
def test_deep_yaml_is_refused(text):
    with pytest.raises(InputError, match="64 levels") as caught:
        safe_yaml(text)
    assert caught.value.rule == "depth"


def test_nested_but_sane_yaml_is_read():
    assert depth_of(safe_yaml("[" * 60 + "]" * 60)) == 60


def test_an_alias_bomb_is_refused():
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 10)
    )
    with pytest.raises(InputError, match="aliases counted") as caught:
        safe_yaml(bomb, replace(DEFAULT_LIMITS, yaml_nodes=100_000))
    assert caught.value.rule == "count"


def test_an_alias_of_itself_is_refused():
    with pytest.raises(InputError, match="aliases counted"):
        safe_yaml("&a [*a]", replace(DEFAULT_LIMITS, yaml_nodes=10_000))


def test_yaml_over_the_size_limit_is_refused():
    with pytest.raises(InputError, match="limit"):
        safe_yaml("a: " + "ä" * 100, replace(DEFAULT_LIMITS, yaml_bytes=200))


@given(st.text(alphabet="abn:,[]{}&*!|>-?#\n \t'\"%@0-9", max_size=40) | st.text(max_size=20))
def test_any_text_is_yaml_or_refused(text):
    assert "\n" not in refusal(safe_yaml, text)


def test_reading_json_does_not_copy_more_than_it_must():
    data = json.dumps([{"id": i, "box": [1, 2, 3, 4]} for i in range(20_000)]).encode()
    decode_json(data, list[Item])
    tracemalloc.start()
    decode_json(data, list[Item])
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 12 * len(data)


@pytest.mark.parametrize("key", ["<<", "!!merge <<", "? <<\n"])
def test_merge_keys_are_refused_before_they_unfold(key):
    """Each level holds ten times the one before: the tenth would take all memory."""
    lines = ["a0: &a0 {x: 1}"]
    lines += [f"a{n}: &a{n}\n  {key}: [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 11)]
    with pytest.raises(InputError, match="write them out") as caught:
        safe_yaml("\n".join(lines), name="data.yaml")
    assert caught.value.rule == "syntax"


def test_a_text_that_looks_like_a_merge_key_is_a_text():
    assert safe_yaml('{"<<": 1, b: "<<"}') == {"<<": 1, "b": "<<"}
