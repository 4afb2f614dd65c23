"""A closed exercise of any size, as accounting would keep it: entries in order, numbered, chained.

Nothing is drawn: the same number of lines gives the same books.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache
from itertools import count, islice
from typing import Any

import orjson
from pymongo import ASCENDING, MongoClient
from pymongo.database import Database
from stdnum import luhn

from services.accounting.domain.books import Books, ExerciseBooks
from services.accounting.domain.chain import link, seed
from services.accounting.domain.closing import Closing
from services.accounting.domain.entries import Entry
from services.accounting.domain.grants import Grant
from shared.contracts.common import Payee
from shared.kernel.decision import State, StoredState
from shared.kernel.messages import FORM
from shared.mongodb.documents import state_to_document

CAF, EXERCISE, SCHOOL_YEAR = "761", 2025, "2025-2026"
GESTIONNAIRES, DOSSIERS = 2_000, 20_000
IN_YEAR = 0.9
"""The part of the entries that is booked in the year; the rest is the closing's."""
AT_ONCE = 5_000
CHECKED = 1_000
Document = dict[str, Any]
Movement = tuple[str, str, str, bool]
"""Ledger, account, side, and whether it is an expense, which has an origin and a code."""

EXPENSE, PREVIOUS = "6562322410", "65623224191"
SHAPES: dict[str, tuple[tuple[Movement, ...], ...]] = {
    "advance": ((("SF", EXPENSE, "debit", True), ("T", "467", "credit", False)),),
    "balance": (
        (("T", "408143111", "debit", False), ("T", "467", "credit", False)),
        (("SF", EXPENSE, "debit", True), ("T", "467", "credit", False)),
    ),
    "accrual": ((("SF", EXPENSE, "debit", True), ("T", "408143111", "credit", False)),),
    "commitment": ((("T", "8091", "debit", False), ("T", "80182", "credit", False)),),
}
OF_YEAR, OF_CLOSING = ("advance", "balance", "advance"), ("accrual", "commitment")


def prepare(url: str, prefix: str, lines: int) -> Iterator[int]:
    """Write the books of an exercise with at least this many lines; yield how many stand so far."""
    with MongoClient[Document](url) as client:
        database = client[f"{prefix}accounting"]
        order = [(field, ASCENDING) for field in (*Entry.indexes[0], "_id")]
        database["meta"].replace_one({"_id": "form"}, {"form": FORM}, upsert=True)
        database[Entry.collection].create_index(order)
        _keep(database, map(_grant, range(DOSSIERS)))
        entries, written = _documents(lines), 0
        while page := list(islice(entries, AT_ONCE)):
            database[Entry.collection].insert_many(page, ordered=False)
            written += sum(len(each["posted"]["lines"]) for each in page)
            closing = _closing(page[-1]["sequence"], page[-1]["hash"])
            yield written
        closed = ExerciseBooks(year=EXERCISE, status="closed")
        _keep(database, [closing])
        _keep(database, [Books(caf=CAF, exercises=(closed,))])


def _documents(lines: int) -> Iterator[Document]:
    """Yield the entries in their order; the first are compared with the domain's own chain."""
    head, written = seed(CAF, EXERCISE), 0
    for sequence in count(1):
        if written >= lines:
            return
        posted = _posted(sequence, written / lines)
        canonical = orjson.dumps(posted, option=orjson.OPT_SORT_KEYS)
        previous, head = head, hashlib.sha256(head.encode() + canonical).hexdigest()
        written += len(posted["lines"])
        document = {
            "entry_id": posted["entry_id"],
            "caf": CAF,
            "exercise": EXERCISE,
            "place": f"{posted['period']:02}|{posted['booked_on']}",
            "posted": posted,
            "sequence": sequence,
            "previous_hash": previous,
            "hash": head,
        }
        if sequence <= CHECKED:
            entry = Entry.model_validate_json(orjson.dumps(document))
            assert (link(previous, entry.posted), entry.model_dump(mode="json")) == (head, document)
        yield state_to_document(StoredState(Entry, posted["entry_id"], 2, document))


def _posted(sequence: int, passed: float) -> Document:
    """Return an entry; `passed` is the share of the lines before it, which determines its day."""
    in_year = passed < IN_YEAR
    kinds = OF_YEAR if in_year else OF_CLOSING
    kind, day = kinds[sequence % len(kinds)], date(EXERCISE, 12, 31)
    if in_year:
        day = date(EXERCISE, 1, 1) + timedelta(days=int(passed / IN_YEAR * 365))
    rank = sequence % DOSSIERS
    gestionnaire = payee(rank % GESTIONNAIRES)
    tail = hashlib.md5(f"{sequence}".encode(), usedforsecurity=False).hexdigest()
    return {
        "caf": CAF,
        "entry_id": f"{sequence:08x}-{tail[:4]}-5{tail[4:7]}-a{tail[7:10]}-{tail[10:22]}",
        "exercise": EXERCISE,
        "period": day.month if in_year else 13,
        "booked_on": day.isoformat(),
        "kind": kind,
        "label": f"Écriture Clas {SCHOOL_YEAR} – {gestionnaire.name}",
        "dossier_id": _dossier(rank),
        "school_year": SCHOOL_YEAR,
        "siret": gestionnaire.siret,
        "lines": _lines(kind, sequence),
        "cause": {
            "id": f"{tail[:8]}-{tail[8:12]}-5{tail[12:15]}-b{tail[15:18]}-{tail[18:30]}",
            "type": "fr.caf.clas.AdvanceGranted.v1",
        },
    }


def _lines(kind: str, sequence: int) -> list[Document]:
    """Return two lines, or the four of a balance."""
    return [
        {
            "ledger": ledger,
            "account": account,
            "debit": amount if side == "debit" else "0.00",
            "credit": amount if side == "credit" else "0.00",
            "origin_exercise": EXERCISE if expense else None,
            "statistical_code": "81512214" if expense else None,
        }
        for rank, pair in enumerate(SHAPES[kind], 1)
        for amount in [f"{1 + sequence * 7 * rank % 9_000}.{sequence * 13 % 100:02}"]
        for ledger, account, side, expense in pair
    ]


def _grant(rank: int) -> Grant:
    return Grant(
        caf=CAF,
        dossier_id=_dossier(rank),
        school_year=SCHOOL_YEAR,
        start_year=EXERCISE,
        gestionnaire=payee(rank % GESTIONNAIRES),
        year_end="passed",
    )


def _dossier(rank: int) -> str:
    return f"BENCH-{EXERCISE}-{CAF}-{rank:06}"


def _closing(sequence: int, head_hash: str) -> Closing:
    return Closing(
        caf=CAF,
        exercise=EXERCISE,
        closed_on=date(EXERCISE + 1, 1, 31),
        grants_per_page=AT_ONCE,
        entries_per_page=AT_ONCE,
        head_hash=head_hash,
        step="done",
        sequence=sequence,
    )


@cache
def payee(rank: int) -> Payee:
    """Return one of the gestionnaires, with a SIRET whose check digits are right."""
    siren = _checked(f"{78_000_000 + rank}")
    name = f"Association d’accompagnement n° {rank}"
    return Payee(siret=_checked(f"{siren}0001"), name=name, kind="association")


def _checked(digits: str) -> str:
    return f"{digits}{luhn.calc_check_digit(digits)}"


def _keep(database: Database[Document], states: Iterable[State]) -> None:
    """Write states of one kind."""
    sample = list(states)
    documents = [state_to_document(StoredState.of(state, 1)) for state in sample]
    database[sample[0].collection].insert_many(documents)
