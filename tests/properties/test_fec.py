"""Whatever is booked: its FEC is accepted, in both encodings and with both separators."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from services.accounting.domain.closing import Closing
from services.accounting.domain.entries import Entry
from services.accounting.exports.formats.base import ExportHeader
from services.accounting.exports.formats.fec import fec_format
from services.accounting.exports.formats.fec_texts import EQUIVALENTS
from shared.contracts.accounting import AccountingEntryPosted, EntryKind
from shared.fec_validator import Encoding, Separator, fec_name, validate
from tests.support.samples import DOSSIER, OTHER_SIRET, SIRET
from tests.unit.export.closed_books import accounts

SIREN = "775672272"
LATIN = st.characters(codec="iso8859-15", exclude_categories=("Cc", "Cf")) | st.sampled_from(
    [*EQUIVALENTS]
)
ANY = st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs"))
EXPENSES = ("6562322410", "65623224191", "65623224192")
SIDES = ("debit", "credit")
CENTS = st.integers(min_value=1, max_value=10**15)


def names(letters: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.text(letters, max_size=30) | st.text(st.sampled_from("|\t\r\n ’aé"), max_size=12)


def line(account: str, side: str, cents: int) -> dict[str, Any]:
    expense = account in EXPENSES
    amounts = dict.fromkeys(SIDES, "0.00") | {side: str(Decimal(cents).scaleb(-2))}
    return {
        "ledger": "SF" if expense else "T",
        "account": account,
        "origin_exercise": 2025 if expense else None,
        "statistical_code": "81512214" if expense else None,
        **amounts,
    }


@st.composite
def lines(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Some accounts on one side, and what balances them on the other."""
    accounts_used = [account for _, account in accounts()]
    side, other = draw(st.permutations(SIDES))
    parts = draw(st.lists(st.tuples(st.sampled_from(accounts_used), CENTS), min_size=1, max_size=4))
    balance = line(draw(st.sampled_from(accounts_used)), other, sum(cents for _, cents in parts))
    return [*(line(account, side, cents) for account, cents in parts), balance]


@st.composite
def posted(draw: st.DrawFn, letters: st.SearchStrategy[str]) -> dict[str, Any]:
    day = date(2025, 1, 1) + timedelta(days=draw(st.integers(min_value=0, max_value=364)))
    attribute = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1)
    label = draw(names(letters))
    return {
        "entry_id": "",
        "caf": "761",
        "exercise": 2025,
        "period": draw(st.sampled_from([day.month, 12, 13])),
        "booked_on": day.isoformat(),
        "kind": draw(st.sampled_from(get_args(EntryKind))),
        "label": f"Clas {label}",
        "dossier_id": DOSSIER,
        "school_year": "2025-2026",
        "siret": draw(st.sampled_from([SIRET, OTHER_SIRET])),
        "lines": draw(lines()),
        "cause": {"id": draw(attribute), "type": "fr.caf.clas.AdvanceGranted.v1"},
    }


@st.composite
def books(draw: st.DrawFn, letters: st.SearchStrategy[str]) -> tuple[ExportHeader, list[Entry]]:
    """Return a closed exercise as validation leaves it, of gestionnaires with any names."""
    drawn = sorted(
        draw(st.lists(posted(letters), min_size=1, max_size=8)), key=lambda e: e["booked_on"]
    )
    entries = [_entry(rank, document) for rank, document in enumerate(drawn, 1)]
    closing = {"caf": "761", "exercise": 2025, "grants_per_page": 1, "entries_per_page": 1}
    closing |= {"closed_on": "2026-01-31", "head_hash": "", "step": "done", "sequence": len(drawn)}
    return ExportHeader(
        caf="761",
        exercise=2025,
        number=1,
        closing=Closing.model_validate(closing, strict=False),
        gestionnaires={SIRET: draw(names(letters)), OTHER_SIRET: "Commune d’Elbeuf"},
        accounts=accounts(),
    ), entries


def _entry(rank: int, document: dict[str, Any]) -> Entry:
    posted = AccountingEntryPosted.model_validate(document | {"entry_id": f"e{rank}"}, strict=False)
    return Entry(
        entry_id=posted.entry_id,
        caf=posted.caf,
        exercise=posted.exercise,
        place=f"{posted.period:02}|{posted.booked_on}",
        posted=posted,
        sequence=rank,
    )


def accepted(
    exported: tuple[ExportHeader, list[Entry]], separator: Separator, encoding: Encoding
) -> None:
    head, entries = exported
    with TemporaryDirectory() as folder:
        path = Path(folder) / fec_name(SIREN, 2025)
        writer = fec_format(SIREN, separator, encoding)(path, head)
        for entry in entries:
            writer.add(entry)
        writer.close()
        report = validate(path)
    assert report.findings == ()
    assert report.entries == len(entries)
    assert report.debit == sum(line.debit for entry in entries for line in entry.posted.lines)


@settings(max_examples=50)
@given(exported=books(ANY), separator=st.sampled_from(["\t", "|"]))
def test_in_utf_8(exported: tuple[ExportHeader, list[Entry]], separator: Separator) -> None:
    accepted(exported, separator, "utf-8")


@settings(max_examples=50)
@given(exported=books(LATIN), separator=st.sampled_from(["\t", "|"]))
def test_in_iso_8859_15(exported: tuple[ExportHeader, list[Entry]], separator: Separator) -> None:
    accepted(exported, separator, "iso8859-15")
