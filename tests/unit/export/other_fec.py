"""FEC as other software might write them, from invented values, and what their check counts."""

from collections.abc import Iterable, Sequence

from shared.fec_validator import COLUMNS, Regime, Report, validate

NAME = "512345679FEC20251231.txt"
HEADER = [*COLUMNS]
TREASURY = ["DateRglt", "ModeRglt", "NatOp", "IdClient"]


def row(  # noqa: PLR0913 - the fields that tests vary
    *,
    number: int = 1,
    account: str = "512000",
    debit: str = "0,00",
    credit: str = "0,00",
    label: str = "Cotisation",
    day: str = "20250314",
    valid: str = "20250430",
) -> list[str]:
    """Return one line of the journal BQ, whose piece is R and the number of the entry."""
    name = "Banque" if account == "512000" else "Cotisations"
    first = ["BQ", "Banque", str(number), day, account, name, "", ""]
    return [*first, f"R{number}", day, label, debit, credit, "", "", valid, "", ""]


def entry(
    number: int, *, cents: int = 100, day: str = "20250314", valid: str = "20250430"
) -> list[list[str]]:
    """Return an entry: money received at the bank."""
    amount = f"{cents // 100},{cents % 100:02}"
    return [
        row(number=number, debit=amount, day=day, valid=valid),
        row(number=number, account="756000", credit=amount, day=day, valid=valid),
    ]


def paid(line: Sequence[str], columns: Sequence[str]) -> list[str]:
    """Return a line with additional columns: day and mode of payment, others blank."""
    values = {"DateRglt": "20250314", "ModeRglt": "CHQ"}
    return [*line, *(values.get(column, "") for column in columns)]


def fec(
    rows: Iterable[Sequence[str]], *, header: Sequence[str] = HEADER, separator: str = "\t"
) -> str:
    """Return the text of a file."""
    return "".join(f"{separator.join(line)}\r\n" for line in (header, *rows))


def checked(content: str | bytes, name: str = NAME, regime: Regime | None = None) -> Report:
    data = content if isinstance(content, bytes) else content.encode()
    return validate(data, name=name, regime=regime)


def rules(report: Report) -> dict[str, int]:
    return dict(report.counts)
