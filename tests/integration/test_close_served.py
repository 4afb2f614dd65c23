"""`clas close` around running services: what stands before it, its way to the end, its refusals."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import aio_pika
import pytest

from deploy.embedded import Servers
from shared.contracts.base import WireModel
from tests.support import life, samples
from tests.support.campaign import Campaign
from tests.support.client import LONGEST_S, Event, event
from tests.support.command_line import Stage, staged
from tests.support.letters import dead_letter, put

pytestmark = pytest.mark.servers
CAF = ("--caf", "761")
OF_2025 = (*CAF, "--exercise", "2025", "--closed-on", "2026-01-31")
OF_2026 = (*CAF, "--exercise", "2026", "--closed-on", "2027-01-31")
OF_2026_2027 = {"school_year": "2026-2027", "multi_year_until": "2026-2027"}


@pytest.fixture
def stage(real_servers: Servers, tmp_path: Path) -> Iterator[Stage]:
    """A broker as on its first day, and empty databases."""
    with staged(real_servers, tmp_path) as stage:
        yield stage


def test_an_exercise_is_closed_after_a_look_and_followed_to_its_end(stage: Stage) -> None:
    """Three grants of 1 103.30 and 1 654.95, and advances of 100.00, 101.01 and 102.02."""
    program = stage.start("serve", "all")
    campaign = Campaign(dossiers=3, closed=False)
    for phase in campaign.phases:
        stage.clas("publish", "--step", stage.file(*phase))

    assert (
        "it has those of: 761"
        in stage.clas(*("close", "--caf", "999", "--exercise", "2025"), code=1).stderr
    )

    too_soon = stage.clas("close", *OF_2026, "--yes", code=1)
    assert "✗ [CLO-01] L’exercice 2026 de la Caf 761 ne peut pas être clôturé" in too_soon.stdout
    assert "la clôture est bloquée (✗) : rien n’a été envoyé" in too_soon.stderr
    same_year = stage.clas("close", *OF_2025[:4], "--closed-on", "2025-12-31", "--yes", code=1)
    assert "✗ [CLO-02]" in same_year.stdout
    unasked = stage.clas("close", *OF_2025, code=2)
    assert "✓ À passer : 3 droits 2025-2026, 0 engagement à contrepasser." in unasked.stdout
    assert "sans terminal, la clôture se confirme par --yes" in unasked.stderr

    closed = stage.clas("close", *OF_2025, "--by", "M. Martin", "--yes").stdout
    assert "✓ Rien n’attend dans les files ni dans les envois des services." in closed
    assert "! " not in closed
    assert "L’exercice 2025 de la Caf 761 est clôturé." in closed
    assert re.search(r"acompte +3 +303,03\n", closed)
    assert re.search(r"charge à payer +3 +3 006,87\n", closed)
    assert re.search(r"engagement +3 +4 964,85\n", closed)
    assert re.search(r"T 408143111 +0,00 +3 006,87 +-3 006,87\n", closed)
    assert (
        hashed := re.search("9 écritures validées, numérotées de 1 à 9 ; .* [0-9a-f]{64}", closed)
    )

    repeated = stage.clas("close", *OF_2025).stdout
    assert "L’exercice 2025 de la Caf 761 est déjà clôturé." in repeated
    assert hashed[0] in repeated

    program.terminate()
    program.wait(LONGEST_S)
    unserved = stage.clas("close", *OF_2026, "--yes", "--timeout", "1", code=1)
    assert "! Soldes 2025-2026 : 3 droits sur 3 sans solde (D-761-00000, D-761-" in unserved.stdout
    assert "! Le service accounting ne tourne pas" in unserved.stdout
    assert "À passer : 0 droit 2026-2027, 3 engagements à contrepasser." in unserved.stdout
    assert "rien n’avance depuis 1 s" in unserved.stderr
    assert "`clas serve accounting`" in unserved.stderr
    stage.start("serve", "all")
    later = stage.clas("close", *OF_2026, "--yes").stdout
    assert re.search(r"contrepassation d’engagement +3 +4 964,85\n", later)


def test_what_deserves_a_look_is_found_wherever_it_waits(stage: Stage) -> None:
    """D-1 has refused accounts; D-2 waits for credits, D-3 for a bareme; there is a dead letter."""
    stage.start("serve", "all")
    for message in (
        sent(samples.agrement(dossier_id="D-1")),
        sent(life.envelope_allotted(amount="0.00")),
        sent(samples.agrement(dossier_id="D-2")),
        sent(samples.agrement(dossier_id="D-3", **OF_2026_2027)),
        sent(life.result_account_filed(dossier_id="D-1", report__financial=False)),
    ):
        stage.clas("publish", "--any", "--step", stage.file(message))
    elsewhere = aio_pika.Message(b"not JSON", headers={"clas-routing-key": "AdvanceOrdered.v1.451"})
    asyncio.run(put(stage.servers.amqp_url, dead_letter("order-1"), elsewhere))

    of_2025 = stage.clas("close", *OF_2025, code=2).stdout
    of_2026 = stage.clas("close", *OF_2026, "--yes", code=1).stdout

    assert "! 1 droit en attente de crédits (D-2)." in of_2025
    assert "barème" not in of_2025
    assert "! 1 message mis de côté (funding 1)." in of_2025
    assert "✓ Soldes 2024-2025 : aucun droit." in of_2025
    assert "À passer : 1 droit 2025-2026" in of_2025
    assert "! 1 droit en attente d’un barème (D-3)." in of_2026
    assert "crédits (" not in of_2026
    assert "! Soldes 2025-2026 : 1 droit sur 1 sans solde (D-1)." in of_2026
    assert "! 1 compte de résultat refusé, sans solde depuis (D-1)." in of_2026
    assert "✗ [CLO-01]" in of_2026


def sent(data: WireModel) -> Event:
    return event(type(data).__name__, data.model_dump(mode="json"))
