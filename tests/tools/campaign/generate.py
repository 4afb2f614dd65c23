"""Generates the sample campaign: always the same, byte for byte.

    python -m tests.tools.campaign.generate > services/cli/demo/campaign-76-2025-2026.jsonl

One CloudEvent a line, in playing order; the extension `demophase` names its phase.
"""

import json
import sys
from collections.abc import Iterator

from services.cli.demo import phases
from tests.tools.campaign import committee, deposits, payments, roster, settlements
from tests.tools.campaign.dossiers import Json


def main() -> None:
    """Write the campaign to standard output, in UTF-8."""
    for line in lines():
        sys.stdout.buffer.write(line + b"\n")


def lines() -> Iterator[bytes]:
    """Yield the events of the campaign as they travel."""
    for event in events():
        yield json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def events() -> Iterator[Json]:
    """Yield the events of the campaign, phase by phase."""
    dossiers = roster.valid_dossiers()
    (covered,) = (dossier for dossier in dossiers if dossier.number == roster.COVERED)
    yield from deposits.opening(dossiers)
    yield from deposits.earlier(covered)
    yield from committee.earlier_sitting(covered)
    yield from deposits.deposits(dossiers)
    yield from deposits.complements(dossiers)
    yield from payments.envelopes()
    yield from committee.sitting(dossiers)
    yield from committee.second_sitting(dossiers)
    yield from committee.last_sitting(dossiers)
    yield from payments.envelope_raised()
    yield from payments.conventions(dossiers)
    yield from payments.advances_n(dossiers)
    yield from payments.advances_n_again(dossiers)
    yield from payments.closing(phases.CLOSING_N, 2025)
    yield from payments.late_conventions(dossiers)
    yield from payments.advances_n1(dossiers)
    yield from settlements.corrections(dossiers)
    yield from payments.advances_n1_again(dossiers)
    yield from settlements.accounts(dossiers)
    yield from settlements.accounts_completed(dossiers)
    yield from payments.closing(phases.CLOSING_N1, 2026)
    yield from settlements.controls(dossiers)
    yield from settlements.controls_again(dossiers)


if __name__ == "__main__":
    main()
