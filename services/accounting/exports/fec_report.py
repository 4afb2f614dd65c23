"""The report of a FEC validation on the terminal, in French."""

from shared.console.terminal import add, echo, new_table, show
from shared.fec_validator import LISTED_PER_RULE, RULES, Finding, Report
from shared.french import counted, euros


def print_fec_report(report: Report) -> None:
    """Print the verdict, the properties of the file, its findings, and how many are not shown."""
    echo(f"{report.name} : {_verdict(report)}", style="bold")
    echo(_file_properties(report))
    echo(_sums(report))
    if report.findings:
        echo()
        _print_findings(report)


def finding_line(finding: Finding) -> str:
    """Return a finding on one line: rule, line, field, message."""
    line = "" if finding.line is None else f", ligne {finding.line}"
    column = f", {finding.column}" if finding.column else ""
    return f"{finding.rule}{line}{column} : {finding.message}"


def _verdict(report: Report) -> str:
    if not report.read:
        return "non lu, ni accepté ni refusé."
    errors = counted(report.count("erreur"), "erreur")
    warnings = counted(report.count("alerte"), "alerte")
    if not report.accepted:
        return f"refusé, {errors}, {warnings}."
    return f"accepté, {warnings}." if report.count("alerte") else "accepté."


def _file_properties(report: Report) -> str:
    properties = (
        ("séparateur", report.separator or "inconnu"),
        ("encodage", report.encoding or "inconnu"),
        ("fin de ligne", report.line_end or "inconnue"),
        ("numérotation", report.numbering or "inconnue"),
    )
    text = ", ".join(f"{name} : {value}" for name, value in properties)
    return f"{text[0].upper()}{text[1:]}."


def _sums(report: Report) -> str:
    entries = counted(report.entries, "écriture")
    sums = f"débit {euros(report.debit)}, crédit {euros(report.credit)}"
    return f"{counted(report.lines, 'ligne')}, {entries}, {sums}."


def _print_findings(report: Report) -> None:
    table = new_table("Règle", "Gravité", "Ligne", "Champ", "Constat", right=("Ligne",))
    for finding in report.findings:
        line = "" if finding.line is None else str(finding.line)
        add(table, finding.rule, finding.severity, line, finding.column or "", finding.message)
    show(table)
    for rule, count in sorted(report.counts.items()):
        if count > LISTED_PER_RULE:
            requirement = RULES[rule].requirement
            echo(f"{rule} : {count} fois, dont {LISTED_PER_RULE} montrées. {requirement}")
