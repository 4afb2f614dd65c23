"""Varied dossiers for a load: the valid ones of the sample campaign, again and again.

Each has an id and a gestionnaire of its own, whose interim report was received.
"""

import json
from collections.abc import Iterator
from itertools import cycle

from shared.examples import decisions
from shared.examples import dossier as catalogue
from shared.kernel.messages import OutgoingMessage
from tests.bench.exercise import payee
from tests.support.client import Event, event, key_of
from tests.tools.campaign import deposits, roster


def opening(count: int) -> Iterator[OutgoingMessage]:
    """Yield what is received before: the calls for projects, and so many interim reports."""
    for sent in deposits.opening(roster.valid_dossiers()):
        if sent["type"].split(".")[3] == "CampaignOpened":
            yield _message(sent)
    for rank in range(count):
        data = decisions.interim_report(catalogue.dossier()) | {"siret": payee(rank).siret}
        yield _message(event("InterimReportReceived", data, f"report-{rank:06}"))


def filed(count: int) -> Iterator[Event]:
    """Yield so many dossiers."""
    valid = [each for each in roster.valid_dossiers() if each.number != roster.COVERED]
    texts = [(json.dumps(each.data), each.dossier_id, each.gestionnaire.siret) for each in valid]
    for rank, (text, dossier_id, siret) in zip(range(count), cycle(texts), strict=False):
        own = text.replace(siret, payee(rank).siret).replace(dossier_id, f"LOAD-{rank:06}")
        yield event("DossierSubmitted", json.loads(own), f"deposit-{rank:06}")


def _message(sent: Event) -> OutgoingMessage:
    return OutgoingMessage(sent["id"], key_of(sent), json.dumps(sent).encode())
