"""Validator of the French FEC (fichier des écritures comptables, article A47 A-1 of the LPF).

It reads the FEC of any software, of any size, in bounded memory, as a flat file (tabs or bars; a
FEC in XML is not read, and a finding says so), and checks the 46 rules of `RULES`: file name,
encoding, header, fields, balance of each entry, numbering, order of dates.
It knows nothing of what the entries are about; of this project it needs `shared.identifiers` only.

    from pathlib import Path
    from shared.fec_validator import validate

    report = validate(Path("123456782FEC20251231.txt"))
    if not report.accepted:
        for finding in report.errors:
            print(finding.rule, finding.line, finding.column, finding.message)

`validate` takes a path, or the bytes of a file with its name. The report counts every finding by
rule and lists the first `LISTED_PER_RULE` of each. Messages are French, for accountants.
`layout` holds the columns, separators and encodings of the law, for programs that write a FEC.

Inside: `lines` splits and decodes the file (`file_start` its first bytes), `header` reads its name
and first line (`header_names` the columns), `fields` checks one line (`values` one field,
`characters` its text), `ledger_checks`, `entries` and `numbering` compare lines with each other,
`findings` collects, `rules` holds the table of rules, `validator` puts them together.
"""

from shared.fec_validator.findings import LISTED_PER_RULE, Finding, Report
from shared.fec_validator.layout import (
    ACCOUNT_DIGITS,
    CLASSES,
    COLUMNS,
    ENCODINGS,
    LINE_END,
    SEPARATORS,
    Encoding,
    Regime,
    Separator,
    fec_name,
)
from shared.fec_validator.rules import RULES, Rule, Severity, rules_table
from shared.fec_validator.validator import validate

__all__ = [
    "ACCOUNT_DIGITS",
    "CLASSES",
    "COLUMNS",
    "ENCODINGS",
    "LINE_END",
    "LISTED_PER_RULE",
    "RULES",
    "SEPARATORS",
    "Encoding",
    "Finding",
    "Regime",
    "Report",
    "Rule",
    "Separator",
    "Severity",
    "fec_name",
    "rules_table",
    "validate",
]
