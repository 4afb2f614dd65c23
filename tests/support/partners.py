"""Files of partners, written with JSON alone: two publishers and a consumer.

One publisher follows the contract, the other one breaks it.
"""

import json
from collections.abc import Iterator
from typing import Any

Event = dict[str, Any]


def valid_events() -> bytes:
    """Return the file of a publisher that follows the contract, as JSON lines."""
    events = (
        _event("1", "ConventionSigned", {"signed_on": "2025-11-05"}),
        _event(
            "2",
            "AdvanceOrdered",
            {
                "school_year": "2025-2026",
                "order_id": "771-A-1",
                "exercise": 2025,
                "amount": "100.00",
                "ordered_on": "2025-11-20",
            },
        ),
        _event("3", "WithdrawalRequested", {"requested_on": "2025-09-15", "motive": None}),
    )
    return "\n".join(json.dumps(each) for each in events).encode()


def invalid_events() -> bytes:
    """Return the file of a publisher that breaks the contract, as one JSON array over lines."""
    return json.dumps(list(_invalid_events()), indent=0, ensure_ascii=False).encode()


def _invalid_events() -> Iterator[Event]:
    yield _event("1", "ConventionSigned", {"signed_on": "2025-11-05"})
    yield _event("2", "ConventionSigned", {"signedOn": "05/11/2025"})
    yield _event("3", "ConventionSigne", {"signed_on": "2025-11-05"})
    yield _event("4", "AdvanceOrdered", {"amount": 100.5, "exercice": 2025}, caf=771)
    yield _event("1", "ConventionSigned", {"signed_on": "2025-11-06"})
    yield _event("5", "ClosingContinued", {"exercise": 2025, "step": "grants", "after": ""})


def accounting_events() -> bytes:
    """Return entries stored by an accounting system, one of them with a field added later."""
    line = {
        "ledger": "SF",
        "account": "6562322410",
        "debit": "100.00",
        "credit": "0.00",
        "origin_exercise": 2025,
        "statistical_code": "81512214",
    }
    contra = {"ledger": "T", "account": "467", "debit": "0.00", "credit": "100.00"}
    posted = {
        "entry_id": "0f6f8ad1-64a5-5a0e-8d3f-0a0c0e3f5f11",
        "exercise": 2025,
        "period": 11,
        "booked_on": "2025-11-20",
        "kind": "advance",
        "label": "Acompte",
        "school_year": "2025-2026",
        "siret": "76573991749305",
        "lines": [line, contra | {"origin_exercise": None, "statistical_code": None}],
        "cause": {"id": "c", "type": "fr.caf.clas.AdvanceGranted.v1"},
    }
    added = posted | {"settlement": "SEPA"}
    events = (
        _event(rank, "AccountingEntryPosted", data) for rank, data in enumerate((posted, added), 1)
    )
    return "\n".join(json.dumps(each) for each in events).encode()


def _event(number: object, name: str, data: Event, caf: object = "771") -> Event:
    return {
        "specversion": "1.0",
        "id": f"toy-{number}",
        "source": "/toy",
        "type": f"fr.caf.clas.{name}.v1",
        "time": "2025-11-20T10:00:00+01:00",
        "data": {"caf": caf, "dossier_id": "TOY-1", **data},
    }
