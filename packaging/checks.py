"""Everything that has to hold before a change is good: lint, format, types, layers, tests."""

import os
import subprocess
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from set_up import Environment

HEADLESS = (
    "tests/unit", "tests/formats", "tests/project", "tests/cli", "tests/models", "tests/security",
)  # fmt: skip
"""The tests that must pass where Qt is not installed, and are run so."""

WITHOUT_QT = Path("tests/without_qt")
"""Stand-ins for PySide6 and shiboken6 that cannot be imported; child processes see them too."""

NOTHING_COLLECTED = 5  # pytest's exit code where no test was chosen
TIME_LIMIT = 30 * 60.0  # seconds for one check: a test that hangs must not hang the machine

MOST_TOLD = 8
MOST_LINES = 6
"""Of failed tests, and of what each says, at the end, where it is found; the whole stands further up."""


@dataclass(frozen=True, slots=True)
class Check:
    """One command. `report`, for pytest alone, is where it writes what it counted."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    report: Path | None = None
    may_be_empty: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What came out of one check."""

    name: str
    passed: bool
    seconds: float
    counts: str
    failures: tuple[str, ...] = ()


def run_checks(environment: Environment, pytest_arguments: Sequence[str]) -> int:
    """Run all checks, the later ones also after a failure, and print what came out; 0 if all passed.

    With arguments for pytest, one run of pytest with just these takes the place of the whole suite.
    """
    with tempfile.TemporaryDirectory(prefix="annotator-checks-") as name:
        reports = Path(name)
        if pytest_arguments:
            tests = [_pytest("tests", environment, reports, *pytest_arguments)]
        else:
            tests = _suite(environment, reports)
        results = [_run(each, environment.root) for each in [*_static(environment), *tests]]
    print()
    for each in results:
        word = "passed" if each.passed else "FAILED"
        print(f"{each.name:18}{word}{each.seconds:8.1f} s  {each.counts}".rstrip())
    failed = [each.name for each in results if not each.passed]
    seconds = sum(each.seconds for each in results)
    failures = [one for result in results for one in result.failures]
    for failure in failures[:MOST_TOLD]:
        print(failure)
    if failed:
        print(f"FAILED after {seconds:.0f} s: {', '.join(failed)}")
        return 1
    print(f"All {len(results)} checks passed in {seconds:.0f} s")
    return 0


def _static(environment: Environment) -> list[Check]:
    programs = environment.programs
    return [
        Check("ruff check", (str(programs / "ruff"), "check")),
        Check("ruff format", (str(programs / "ruff"), "format", "--check")),
        Check("mypy", (str(programs / "mypy"),)),
        Check("import-linter", (str(programs / "lint-imports"), "--no-logo")),
    ]


def _suite(environment: Environment, reports: Path) -> list[Check]:
    """Three runs, each test in one of them: what needs no Qt without it, the rest, and what measures time alone."""
    workers = ("-n", str(min(_cores(), 4)), "--dist", "worksteal")
    slowest = ("--durations=10", "--durations-min=5")
    headless = [each for each in HEADLESS if (environment.root / each).is_dir()]
    python_path = os.pathsep.join(
        [str(environment.root / WITHOUT_QT), *filter(None, [os.environ.get("PYTHONPATH")])]
    )
    common = (*workers, *slowest, "-m", "not alone")
    others = [f"--ignore={each}" for each in headless]
    return [
        replace(
            _pytest(
                "tests without Qt", environment, reports, *common, "-p", "no:pytest-qt", *headless
            ),
            environment={"PYTHONPATH": python_path, "ANNOTATOR_TESTS_WITHOUT_QT": "1"},
        ),
        _pytest("tests with Qt", environment, reports, *common, *others),
        replace(
            _pytest("tests alone", environment, reports, *slowest, "-m", "alone"), may_be_empty=True
        ),
    ]


def _pytest(name: str, environment: Environment, reports: Path, *arguments: str) -> Check:
    report = reports / f"{name}.xml"
    command = (str(environment.python), "-m", "pytest", "-q", f"--junit-xml={report}", *arguments)
    return Check(name, command, report=report)


def _run(check: Check, root: Path) -> Result:
    print(f"\n{check.name}: {' '.join(check.command)}", flush=True)
    variables = {**os.environ, "LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "2", **check.environment}
    variables.setdefault("QT_QPA_PLATFORM", "offscreen")
    started = time.monotonic()
    try:
        code = subprocess.run(
            check.command,
            cwd=root,
            env=variables,
            stdin=subprocess.DEVNULL,
            timeout=TIME_LIMIT,
            check=False,
        ).returncode
        counts = counts_of(check.report)
    except subprocess.TimeoutExpired:
        code, counts = 1, f"did not end within {TIME_LIMIT / 60:.0f} minutes"
    passed = code == 0 or (check.may_be_empty and code == NOTHING_COLLECTED)
    return Result(check.name, passed, time.monotonic() - started, counts, failures_of(check.report))


def counts_of(report: Path | None) -> str:
    """How many tests passed, failed and were skipped, from pytest's report; "" where there is none."""
    suite = _suite_of(report)
    if suite is None:
        return ""
    number = {
        name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")
    }
    passed = number["tests"] - number["failures"] - number["errors"] - number["skipped"]
    bad = number["failures"] + number["errors"]
    parts = [(passed, "passed"), (bad, "failed"), (number["skipped"], "skipped")]
    return ", ".join(f"{count} {word}" for count, word in parts if count or word == "passed")


def failures_of(report: Path | None) -> tuple[str, ...]:
    """Each test that failed, with the lines in which pytest says why, from its report."""
    suite = _suite_of(report)
    told = []
    for case in () if suite is None else suite.iter("testcase"):
        for trouble in (*case.iter("failure"), *case.iter("error")):
            said = [line for line in (trouble.text or "").splitlines() if line.startswith("E ")]
            lines = (said or (trouble.get("message") or "").splitlines())[:MOST_LINES]
            name = f"{case.get('classname')}::{case.get('name')}"
            told.append("\n".join([f"FAILED {name}", *(f"    {line}" for line in lines)]))
    return tuple(told)


def _suite_of(report: Path | None) -> ElementTree.Element | None:
    if report is None or not report.exists():
        return None
    return ElementTree.parse(report).getroot().find("testsuite")  # noqa: S314 - our own file


def _cores() -> int:
    """The processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
