"""`clas check` on what four services kept: all holds, and each change by hand is found."""

import asyncio
import re
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner, Result

from deploy.embedded import Servers
from services.cli.__main__ import app
from services.cli.check.run import Queues, reconcile
from services.cli.demo.driver import InProcessDriver
from services.cli.demo.sample import campaign
from services.cli.services import SERVICES_BY_NAME
from shared.audit.scanner import AuditState, Scope
from shared.kernel.memory.system import running
from shared.kernel.settings import Settings
from shared.mongodb.snapshot import open_snapshot
from tests.integration.tampered import batches, entries, forgeries, records, states
from tests.support import samples
from tests.support.client import MemoryClient, event, send
from tests.support.mongo_copy import copy_to_mongo, drop_databases
from tests.support.tampering import ByHand, Found, Hand, a_hand
from tests.support.whole_life import keep_six_lives

pytestmark = pytest.mark.servers
FOUND: Found = entries.FOUND | states.FOUND | records.FOUND | batches.FOUND | forgeries.FOUND
LATER = timedelta(hours=1)
"""After these lives, nothing is on its way any more."""
NOBODY = "amqp://127.0.0.1:1/"


def fresh(servers: Servers) -> Settings:
    prefix = f"t{uuid.uuid4().hex[:8]}_"
    return Settings(mongo_url=servers.mongo_url, amqp_url=NOBODY, database_prefix=prefix)


@pytest.fixture(scope="module")
def settings(real_servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Six whole lives as the services would have kept them, and two batches of an export."""
    known = fresh(real_servers)
    asyncio.run(keep_six_lives(known))
    for series in ("validated", "csv"):
        asked = ("--caf", "761", "--exercise", "2025", "--to", str(tmp_path_factory.mktemp("lots")))
        assert run(known, "export", series, *asked).exit_code == 0
    yield known
    drop_databases(known)


@pytest.fixture
def hand(settings: Settings) -> Iterator[Hand]:
    """A hand in these databases; what it does is undone."""
    with a_hand(settings) as hand:
        yield hand


async def _look(settings: Settings, scope: Scope, queues: Queues) -> AuditState:
    async with open_snapshot(settings) as kept:
        return await reconcile(kept, scope, datetime.now(UTC) + LATER, queues, lambda _: None)


def look(settings: Settings, scope: Scope | None = None, **queues: int) -> AuditState:
    return asyncio.run(_look(settings, scope or Scope(), queues))


def wrong(seen: AuditState) -> dict[str, list[str]]:
    """Return what does not hold, by check: whom it concerns, and what."""
    return {
        check.many: [f"{each.about} : {plain(each.wrong)}" for each in row.kept]
        for check, row in seen.tally.asked.items()
        if row.breaches
    }


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def clas(settings: Settings, *words: str) -> Result:
    return run(settings, "check", *words)


def run(settings: Settings, *words: str) -> Result:
    environment = {
        "CLAS_AMQP_URL": settings.amqp_url,
        "CLAS_MONGO_URL": settings.mongo_url,
        "CLAS_DATABASE_PREFIX": settings.database_prefix,
    }
    return CliRunner(env=environment).invoke(app, words)


@pytest.mark.parametrize("change", FOUND, ids=lambda change: change.__name__)
def test_a_change_behind_the_services_is_found_with_its_dossier(
    settings: Settings, hand: Hand, change: ByHand
) -> None:
    assert wrong(look(settings)) == {}

    change(hand)

    found = wrong(look(settings))
    for check, told in FOUND[change]:
        (lines,) = [lines for many, lines in found.items() if many.startswith(check)]
        assert any(told in line for line in lines), lines


@pytest.mark.parametrize("change", forgeries.FOUND, ids=lambda change: change.__name__)
def test_a_forgery_that_no_hash_shows_is_shown_by_the_amounts(
    settings: Settings, hand: Hand, change: ByHand
) -> None:
    change(hand)

    hashes = ("messages", "décisions dont", "états", "écritures annoncées")
    assert [many for many in wrong(look(settings)) if many.startswith(hashes)] == []


def test_every_check_finds_some_change_by_hand(settings: Settings) -> None:
    asked = {check.many for check in look(settings).tally.rows}
    proved = tuple(check for found in FOUND.values() for check, _ in found)

    assert len(FOUND) >= 25
    assert {many for many in asked if not many.startswith(proved)} == set()


def test_all_that_is_kept_is_counted_in_french(settings: Settings) -> None:
    done = clas(settings)

    assert done.exit_code == 0, done.output
    told = plain(done.stdout)
    assert "✓ 25 écritures équilibrées (invariant 1, classe 8 à part)\n" in told
    assert "✓ 10 événements de financement comptabilisés (" in told
    assert "✓ 3 exercices numérotés sans trou ni double (invariant 6)\n" in told
    assert "✓ 1 liste d’attente complète et dans l’ordre (ENV-03)\n" in told
    assert told.endswith("\nTout concorde : 42 vérifications, 1 055 comparaisons.\n")
    assert "RabbitMQ ne répond pas" in done.stderr


def test_a_breach_is_told_with_its_place_and_the_way_out(settings: Settings, hand: Hand) -> None:
    entries.an_amount(hand)

    done = clas(settings)

    assert done.exit_code == 1
    told = plain(done.stdout)
    assert re.search(
        r"✗ 1 anomalie sur 25 écritures équilibrées \(invariant 1, classe 8 à part\)\n"
        r"  • D-1 \(Caf 761\) : écriture : débit 772,31 €, crédit 772,32 €\n"
        r"    \[accounting, entries, exercice 2025, n° \d+, [0-9a-f-]{36}\]\n"
        r"  → l’écriture a été changée après coup : la rétablir depuis une sauvegarde",
        told,
    )
    assert "✓ 25 écritures à leur place" in told
    assert re.search(r"clas: \d+ anomalies, dans \d+ des 42 vérifications\n", done.stderr)


def test_a_list_that_is_long_is_cut_and_counted(settings: Settings, hand: Hand) -> None:
    for each in hand.all("accounting", "entries", {}):
        each["posted"]["label"] = "Autre libellé"
        hand.put("accounting", "entries", each)

    told = plain(clas(settings).stdout)

    assert "✗ 25 anomalies sur 25 écritures annoncées telles quelles, une fois" in told
    assert "  … et 5 autres\n" in told


def test_one_exercise_is_looked_at_alone(settings: Settings, hand: Hand) -> None:
    states.an_envelope_is_raised(hand)
    entries.an_amount(hand)

    assert wrong(look(settings, Scope(exercise=2026))) == {}
    of_2025 = look(settings, Scope(caf="761", exercise=2025))
    assert any(many.startswith("écritures équilibrées") for many in wrong(of_2025))
    assert not any("crédits" in many for many in wrong(of_2025))


def test_one_service_is_looked_at_alone(settings: Settings, hand: Hand) -> None:
    states.an_envelope_is_raised(hand)

    for service in ("submission", "eligibility", "accounting"):
        assert wrong(look(settings, Scope(service=service))) == {}
    assert any("crédits" in many for many in wrong(look(settings, Scope(service="funding"))))


def test_one_caf_is_looked_at_alone(settings: Settings, hand: Hand) -> None:
    states.an_envelope_is_raised(hand)

    assert look(settings, Scope(caf="762")).tally.looked == 0
    assert any("crédits" in many for many in wrong(look(settings, Scope(caf="761"))))


def test_what_cafs_share_is_no_breach_of_any_of_them(
    real_servers: Servers,
) -> None:
    known = fresh(real_servers)
    asyncio.run(_two_cafs(known))
    try:
        for caf, dossier_id in (("761", "D-1"), ("771", "D-2")):
            one = Scope(caf=caf, service="funding")
            with a_hand(known) as hand:
                assert wrong(look(known, one)) == {}
                where = {"agrement.dossier_id": dossier_id}
                hand.change("funding", "grants", where, lambda each: each.update(rank=1))
                (lines,) = wrong(look(known, one)).values()
                assert [line.split(" : ")[0] for line in lines] == [dossier_id]
        assert wrong(look(known, Scope(service="funding"))) == {}
        # Both have a dossier of the same gestionnaire, which eligibility keeps in one state.
        for scope in (Scope(), Scope(caf="761"), Scope(caf="771")):
            of_one = look(known, replace(scope, service="eligibility"))
            assert wrong(of_one) == {}
            assert of_one.tally.looked > 0
    finally:
        drop_databases(known)


async def _two_cafs(settings: Settings) -> None:
    """Let grants of two Cafs wait for the same bareme, and file dossiers of one gestionnaire."""
    year = {"school_year": "2026-2027", "multi_year_until": "2026-2027"}
    async with running(tuple(SERVICES_BY_NAME.values()), settings) as system:
        client = MemoryClient(system)
        for data in (
            samples.agrement(dossier_id="D-1", **year),
            samples.agrement(dossier_id="D-2", caf="771", **year),
            samples.bareme(),
            samples.campaign(),
            samples.campaign(caf="771"),
            samples.dossier(dossier_id="D-3"),
            samples.dossier(dossier_id="D-4", caf="771"),
            samples.dossier(dossier_id="D-5"),
        ):
            await send(client, event(type(data).__name__, data.model_dump(mode="json")))
            await system.wait_until_idle()
        await copy_to_mongo(system, settings)


def test_where_nothing_is_kept_nothing_is_in_order(settings: Settings) -> None:
    done = clas(settings, "--caf", "762")

    assert done.exit_code == 1
    assert "clas: nothing is kept here" in done.stderr
    assert clas(settings, "--exercise", "2025", "--service", "funding").exit_code == 2


def test_an_event_that_waits_in_a_queue_is_on_its_way_and_not_lost(
    settings: Settings, hand: Hand
) -> None:
    last = hand.one("accounting", "inbox", {"type": "fr.caf.clas.AdjustmentDecided.v1"})
    (entry,) = hand.all("accounting", "entries", {"exercise": 2027})
    grant = hand.one("accounting", "grants", {"dossier_id": "D-1"})
    hand.delete("accounting", "inbox", {"_id": last["_id"]})
    hand.delete("accounting", "entries", {"_id": entry["_id"]})
    books = hand.one("accounting", "books", {})
    before = {"_v": books["_v"] - 1, "exercises": books["exercises"][:2]}
    hand.put("accounting", "books", books | before)
    hand.put("accounting", "grants", grant | {"_v": grant["_v"] - 1, "adjustments": []})

    waits, lost = look(settings, accounting=1), look(settings)

    assert (wrong(waits), waits.on_the_way) == ({}, 1)
    assert lost.on_the_way == 0
    assert any(many.startswith("événements traités par chaque") for many in wrong(lost))


def test_the_whole_demo_campaign_holds(real_servers: Servers) -> None:
    known = fresh(real_servers)
    asyncio.run(_demo(known))
    try:
        done = clas(known, "--caf", "761")
    finally:
        drop_databases(known)

    assert done.exit_code == 0, done.output
    told = plain(done.stdout)
    assert "✓ 113 droits dont la dépense est ce qui est dû, par exercice d’origine" in told
    assert "✓ 647 écritures équilibrées" in told


async def _demo(settings: Settings) -> None:
    async with running(tuple(SERVICES_BY_NAME.values()), settings) as system:
        stage = InProcessDriver(system)
        for batch in campaign():
            await stage.send(batch.messages)
            await stage.wait_until_idle()
        await copy_to_mongo(system, settings)
