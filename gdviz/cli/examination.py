"""`doctor`: checks that gdviz has all it needs."""

from gdviz.cli.app import command
from gdviz.cli.options import Json
from gdviz.cli.result import Exit, Result


@command("doctor", "doctor", "doctor --json")
def doctor_command(json_: Json = False) -> Result:  # noqa: ARG001  # read by `command`
    """Check what gdviz needs, make a small film, and say how to fix what is wrong."""
    from gdviz.doctor import examine, findings_data, findings_shown

    findings = examine()
    wrong = [finding.name for finding in findings if not finding.ok]
    return Result(
        findings_data(findings),
        tuple(findings_shown(findings)),
        code=Exit.FAILED if wrong else Exit.DONE,
        failure=f"{len(wrong)} of {len(findings)} checks failed: {', '.join(wrong)}",
    )
