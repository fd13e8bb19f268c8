"""`doctor`: whether all that gdviz needs is there."""

from gdviz.cli.app import command
from gdviz.cli.options import Json
from gdviz.cli.result import Exit, Result


@command("doctor", "doctor", "doctor --json")
def doctor_command(json_: Json = False) -> Result:  # noqa: ARG001  # `command` reads it
    """Look for what gdviz needs, make a small film, and say what to do about what is missing."""
    from gdviz.doctor import examine, findings_data, findings_shown

    findings = examine()
    wrong = [finding.name for finding in findings if not finding.ok]
    return Result(
        findings_data(findings),
        tuple(findings_shown(findings)),
        code=Exit.FAILED if wrong else Exit.DONE,
        failure=f"{len(wrong)} of {len(findings)} things are not well: {', '.join(wrong)}",
    )
