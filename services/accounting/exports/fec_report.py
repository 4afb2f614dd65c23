"""The check of a FEC told in French: what the file is, and what is wrong where."""

from shared.console.terminal import add, echo, new_table, show
from shared.fec_validator import LISTED_PER_RULE, RULES, Finding, Report
from shared.french import counted, euros


def print_fec_report(report: Report) -> None:
    """Print a report: the verdict, what the file is, its faults, and how many are not shown."""
    echo(f"{report.name} : {_verdict(report)}", style="bold")
    echo(_form(report))
    echo(_sums(report))
    if report.findings:
        echo()
        _tell_findings(report)


def in_one_line(found: Finding) -> str:
    """Return a fault as a sentence: rule, line, field, what was found."""
    line = "" if found.line is None else f", ligne {found.line}"
    column = f", {found.column}" if found.column else ""
    return f"{found.rule}{line}{column} : {found.message}"


def _verdict(report: Report) -> str:
    errors = counted(report.count("erreur"), "erreur")
    warnings = counted(report.count("alerte"), "alerte")
    if not report.accepted:
        return f"refusé, {errors}, {warnings}."
    return f"accepté, {warnings}." if report.count("alerte") else "accepté."


def _form(report: Report) -> str:
    known = (
        ("séparateur", report.separator or "inconnu"),
        ("encodage", report.encoding or "inconnu"),
        ("fin de ligne", report.line_end or "inconnue"),
        ("numérotation", report.numbering or "inconnue"),
    )
    told = ", ".join(f"{name} : {value}" for name, value in known)
    return f"{told[0].upper()}{told[1:]}."


def _sums(report: Report) -> str:
    entries = counted(report.entries, "écriture")
    sums = f"débit {euros(report.debit)}, crédit {euros(report.credit)}"
    return f"{counted(report.lines, 'ligne')}, {entries}, {sums}."


def _tell_findings(report: Report) -> None:
    table = new_table("Règle", "Gravité", "Ligne", "Champ", "Constat", right=("Ligne",))
    for found in report.findings:
        line = "" if found.line is None else str(found.line)
        add(table, found.rule, found.severity, line, found.column or "", found.message)
    show(table)
    for rule, count in sorted(report.counts.items()):
        if count > LISTED_PER_RULE:
            asked = RULES[rule].requirement
            echo(f"{rule} : {count} fois, dont {LISTED_PER_RULE} montrées. {asked}")
