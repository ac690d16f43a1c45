"""`annotator doctor`: whether the installation and a project are in order."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from annotator.cli.exit_codes import FAILED
from annotator.cli.options import JsonOption
from annotator.cli.paths import readable_path
from annotator.cli.printing import print_json, print_lines
from annotator.cli.working import working
from annotator.project.findings import Finding

_MARKS: Final = {"ok": "ok      ", "note": "note    ", "warning": "warning ", "error": "ERROR   "}
_MOST_ITEMS_SHOWN: Final = 10


def run(
    project: Annotated[
        Path | None,
        typer.Argument(
            metavar="PROJECT",
            help="The project to check; without one, the installation is checked.",
            show_default=False,
            parser=readable_path,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check the installation, or a project; ends with 1 where something is broken."""
    if project is None:
        from annotator.cli.installation import examine_installation

        findings = list(examine_installation())
    else:
        from annotator.project.doctor import examine_project

        with working() as progress:
            findings = list(examine_project(project, progress))
    is_broken = any(finding.severity == "error" for finding in findings)
    if as_json:
        _print_document(project, findings, is_broken=is_broken)
    else:
        for finding in findings:
            print_lines(*_lines(finding))
    if is_broken:
        raise typer.Exit(FAILED)


def _print_document(project: Path | None, findings: Sequence[Finding], *, is_broken: bool) -> None:
    print_json(
        {
            "project": None if project is None else str(project),
            "broken": is_broken,
            "findings": [
                {
                    "severity": one.severity,
                    "check": one.check,
                    "text": one.text,
                    "advice": one.advice,
                    "items": list(one.items),
                }
                for one in findings
            ],
        }
    )


def _lines(finding: Finding) -> list[str]:
    lines = [f"{_MARKS[finding.severity]}{finding.check}: {finding.text}"]
    lines += [f"            {item}" for item in finding.items[:_MOST_ITEMS_SHOWN]]
    if len(finding.items) > _MOST_ITEMS_SHOWN:
        lines.append(f"            and {len(finding.items) - _MOST_ITEMS_SHOWN} more")
    if finding.advice:
        lines.append(f"        {finding.advice}")
    return lines
