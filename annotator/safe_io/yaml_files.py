"""YAML documents as plain values: no tags that build objects, no bombs."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, TypeAlias

from annotator.safe_io.errors import InputError, shortened
from annotator.safe_io.limits import DEFAULT_LIMITS, Limits
from annotator.safe_io.reading import check_size

if TYPE_CHECKING:
    from yaml import Event, ScalarEvent

_MERGE: Final = "tag:yaml.org,2002:merge"

# What PyYAML says, in plain words.
_PLAIN: Final = {
    "but found another document": "it holds several documents; keep one of them",
    "found character that cannot start any token": "a tab or a sign stands where a value begins; take it out",
    "found unhashable key": "a key is a list or an object; write a word",
    "mapping values are not allowed in this context": "there is a colon too many, or a line begins too far right",
    "found undefined alias": 'a name behind "*" refers to something that is not there',
}
_UNKNOWN_TAG: Final = "could not determine a constructor for the tag "

YamlValue: TypeAlias = object
"""None, bool, int, float, str, bytes, date, datetime, or a list, dict or set of them."""


def safe_yaml(
    text: str, limits: Limits = DEFAULT_LIMITS, *, name: object = "The document"
) -> YamlValue:
    """Return the value of a YAML document.

    Raises InputError for broken or tagged YAML, for more than `limits.yaml_depth` levels, for more than
    `limits.yaml_nodes` nodes with every alias counted as often as it is used, and for merge keys: PyYAML unfolds
    them while it reads, so that ten lines of them take minutes and all memory before anything can be counted.
    """
    import yaml

    check_size(name, len(text.encode(errors="surrogatepass")), limits.yaml_bytes)
    loader: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        # Before the load, whose C code recurses without a limit: 100 000 brackets end the process.
        _check_events(yaml.parse(text, Loader=loader), limits, name)
        value: YamlValue = loader(text).get_single_data()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        where = f"{name}, line {line}" if line else f"{name}"
        text = _plain(error.problem or "it is not YAML")
        raise InputError(f"{where}: {text}.", rule="syntax", line=line) from None
    except yaml.YAMLError as error:
        raise InputError(f"{name}: {' '.join(str(error).split())}.", rule="syntax") from None
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        # PyYAML's constructors of dates, numbers and tagged scalars check nothing: "2001-99-99" is a
        # ValueError, "!!bool x" a KeyError, "!!timestamp x" an AttributeError.
        reason = "a date, number or tagged value is not what its form says"
        raise InputError(f"{name}: {reason} ({error}).", rule="syntax") from None
    _check_nodes(value, limits, name)
    return value


def _plain(problem: str) -> str:
    if problem.startswith(_UNKNOWN_TAG):
        return f"the tag {shortened(problem.removeprefix(_UNKNOWN_TAG))} is not read; take it out"
    return _PLAIN.get(problem, problem)


def _check_events(events: "Iterable[Event]", limits: Limits, name: object) -> None:
    from yaml import CollectionEndEvent, CollectionStartEvent, ScalarEvent

    depth = 0
    for event in events:
        if isinstance(event, ScalarEvent) and _is_merge_key(event):
            line = event.start_mark.line + 1 if event.start_mark else None
            raise InputError(
                f"{name}, line {line or 1}: entries are merged with “<<”, which is not read; write them out.",
                rule="syntax",
                line=line,
            )
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > limits.yaml_depth:
            raise InputError(
                f"{name} is nested more than {limits.yaml_depth} levels deep.", rule="depth"
            )


def _is_merge_key(event: "ScalarEvent") -> bool:
    is_plain = event.value == "<<" and event.tag is None and event.implicit[0]
    return is_plain or event.tag == _MERGE


def _check_nodes(value: YamlValue, limits: Limits, name: object) -> None:
    """Walk the value as its readers will, so that aliases cost here what they would cost there."""
    nodes = 0
    pending = [value]
    while pending:
        node = pending.pop()
        nodes += 1
        if nodes > limits.yaml_nodes:
            raise InputError(
                f"{name} has more than {limits.yaml_nodes:,} entries, aliases counted.",
                rule="count",
            )
        if isinstance(node, dict):
            pending.extend(node.keys())
            pending.extend(node.values())
        elif isinstance(node, list | set | tuple):
            pending.extend(node)
