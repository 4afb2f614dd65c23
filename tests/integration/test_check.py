"""`clas check` on stored documents: no violation, and each manipulation is detected."""

import asyncio
import re
import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest
from typer.testing import CliRunner, Result

from deploy.embedded import Servers
from services.accounting.audit.scanner import AccountingScanner
from services.cli.__main__ import app
from services.cli.demo.driver import InProcessDriver
from services.cli.demo.sample import campaign
from services.cli.services import SERVICES_BY_NAME
from services.funding.audit.scanner import FundingScanner
from services.funding.domain.parameters import FundingParameters
from services.funding.service import PARAMETERS
from shared.audit.scanner import AuditState, Scope, ServiceScanner
from shared.kernel.decision import State
from shared.kernel.memory.system import running
from shared.kernel.settings import Settings
from tests.integration.tampered import batches, entries, forgeries, records, states
from tests.support import samples
from tests.support.auditing import audit
from tests.support.client import MemoryClient, event, send
from tests.support.mongo_copy import copy_to_mongo, drop_databases
from tests.support.tampering import DatabaseEditor, Expectations, Tampering, editing
from tests.support.whole_life import DOSSIERS, keep_six_lives

pytestmark = pytest.mark.servers
EXPECTED: Expectations = (
    entries.EXPECTED | states.EXPECTED | records.EXPECTED | batches.EXPECTED | forgeries.EXPECTED
)
UNREACHABLE = "amqp://127.0.0.1:1/"


def fresh(servers: Servers) -> Settings:
    prefix = f"t{uuid.uuid4().hex[:8]}_"
    return Settings(mongo_url=servers.mongo_url, amqp_url=UNREACHABLE, database_prefix=prefix)


@pytest.fixture(scope="module")
def settings(real_servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Return the settings of databases with six dossiers and two export batches."""
    settings = fresh(real_servers)
    asyncio.run(keep_six_lives(settings))
    for series in ("validated", "csv"):
        folder = str(tmp_path_factory.mktemp("lots"))
        options = ("--caf", "761", "--exercise", "2025", "--to", folder)
        assert run(settings, "export", series, *options).exit_code == 0
    yield settings
    drop_databases(settings)


@pytest.fixture
def editor(settings: Settings) -> Iterator[DatabaseEditor]:
    """Yield an editor of these databases; its changes are undone."""
    with editing(settings) as editor:
        yield editor


def check(settings: Settings, scope: Scope | None = None, **queues: int) -> AuditState:
    return asyncio.run(audit(settings, scope, queues))


def violations(state: AuditState) -> dict[str, list[str]]:
    """Return subject and message of each violation, by the plural label of its rule."""
    return {
        rule.plural: [f"{v.subject} : {plain(v.message)}" for v in result.violations]
        for rule, result in state.results.applied.items()
        if result.violation_count
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


@pytest.mark.parametrize("change", EXPECTED, ids=lambda change: change.__name__)
def test_a_change_by_hand_is_detected_with_its_dossier(
    settings: Settings, editor: DatabaseEditor, change: Tampering
) -> None:
    assert violations(check(settings)) == {}

    change(editor)

    state = check(settings)
    detected = violations(state)
    assert _pointing_elsewhere(state) == []
    for label, message in EXPECTED[change]:
        (lines,) = [lines for plural, lines in detected.items() if plural.startswith(label)]
        assert any(message in line for line in lines), lines


def _pointing_elsewhere(state: AuditState) -> list[str]:
    """Return the locations of violations that are not where their check points to."""
    return [
        f"{rule.plural}: {violation.location}"
        for rule, result in state.results.applied.items()
        for violation in result.violations
        if not _points_to(rule.points_to, violation.location)
    ]


def _points_to(place: str, location: str) -> bool:
    service, collection, *_ = location.split(", ")
    states = (model.collection for model in _states_of(service))
    return {
        "inbox": collection == "inbox",
        "every state": collection in states,
    }.get(place, place == f"{service}.{collection}")


def _states_of(service: str) -> tuple[type[State], ...]:
    return SERVICES_BY_NAME[service].states if service in SERVICES_BY_NAME else ()


@pytest.mark.parametrize("change", forgeries.EXPECTED, ids=lambda change: change.__name__)
def test_a_forgery_with_valid_hashes_is_detected_by_the_replay(
    settings: Settings, editor: DatabaseEditor, change: Tampering
) -> None:
    change(editor)

    detected = violations(check(settings))
    hashes = ("messages", "décisions dont", "états", "écritures annoncées")
    assert [plural for plural in detected if plural.startswith(hashes)] == []
    assert forgeries.REPLAYED in detected


@pytest.mark.parametrize("change", forgeries.EXPECTED, ids=lambda change: change.__name__)
def test_a_receipt_that_names_another_release_hides_no_forgery(
    settings: Settings, editor: DatabaseEditor, change: Tampering
) -> None:
    change(editor)
    forgeries.name_another_release(editor)

    detected = violations(check(settings))
    assert forgeries.REPLAYED not in detected
    for label, message in EXPECTED[change]:
        if label != forgeries.REPLAYED:
            (lines,) = [lines for plural, lines in detected.items() if plural.startswith(label)]
            assert any(message in line for line in lines), lines


def test_amounts_wrong_in_every_service_are_detected_by_the_replay_alone(
    real_servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Funding prices every collectif one euro above the bareme, and all others follow."""
    settings = fresh(real_servers)
    dearer = replace(SERVICES_BY_NAME["funding"], parameters=_with_dearer_bareme())
    with monkeypatch.context() as patch:
        patch.setitem(SERVICES_BY_NAME, "funding", dearer)
        asyncio.run(keep_six_lives(settings))
    try:
        detected = violations(check(settings))
    finally:
        drop_databases(settings)

    assert detected.keys() == {forgeries.REPLAYED}
    (lines,) = detected.values()
    assert {line.partition(" : ")[0] for line in lines} == set(DOSSIERS)


def _with_dearer_bareme() -> FundingParameters:
    baremes = {
        year: bareme.model_copy(update={"ps_max": bareme.ps_max + 1})
        for year, bareme in PARAMETERS.baremes.values.items()
    }
    return replace(PARAMETERS, baremes=replace(PARAMETERS.baremes, values=baremes))


def test_every_rule_detects_some_change_by_hand(settings: Settings) -> None:
    evaluated = {rule.plural for rule in check(settings).results.by_rule}
    tables = (ServiceScanner.checks, FundingScanner.checks, AccountingScanner.checks)
    assert evaluated == {rule.plural for table in tables for rule in table}
    proved = tuple(label for expected in EXPECTED.values() for label, _ in expected)

    assert len(EXPECTED) >= 25
    assert {plural for plural in evaluated if not plural.startswith(proved)} == set()


def test_comparisons_are_counted_in_french(settings: Settings) -> None:
    done = clas(settings)

    assert done.exit_code == 0, done.output
    output = plain(done.stdout)
    assert "✓ 25 écritures équilibrées (invariant 1, classe 8 à part)\n" in output
    assert "✓ 75 décisions qui, rejouées, donnent le même résultat (" in output
    assert "✓ 3 exercices numérotés sans trou ni double (invariant 6)\n" in output
    assert "✓ 1 liste d’attente complète et dans l’ordre (ENV-03)\n" in output
    assert output.endswith("\nTout concorde : 42 vérifications, 1 196 comparaisons.\n")
    assert "RabbitMQ ne répond pas" in done.stderr


def test_a_violation_is_reported_with_its_location_and_remedy(
    settings: Settings, editor: DatabaseEditor
) -> None:
    entries.one_side_of_an_entry_is_changed(editor)

    done = clas(settings)

    assert done.exit_code == 1
    output = plain(done.stdout)
    assert re.search(
        r"✗ 1 anomalie sur 25 écritures équilibrées \(invariant 1, classe 8 à part\)\n"
        r"  • D-1 \(Caf 761\) : écriture : débit 772,31 €, crédit 772,32 €\n"
        r"    \[accounting, entries, exercice 2025, n° \d+, [0-9a-f-]{36}\]\n"
        r"  → l’écriture a été changée après coup : la rétablir depuis une sauvegarde",
        output,
    )
    assert "✓ 25 écritures à leur place" in output
    assert re.search(r"clas: \d+ anomalies, dans \d+ des 42 vérifications\n", done.stderr)


def test_a_long_list_of_violations_is_cut_and_counted(
    settings: Settings, editor: DatabaseEditor
) -> None:
    for entry in editor.all("accounting", "entries", {}):
        entry["posted"]["label"] = "Autre libellé"
        editor.put("accounting", "entries", entry)

    output = plain(clas(settings).stdout)

    assert "✗ 25 anomalies sur 25 écritures annoncées telles quelles, une fois" in output
    assert "  … et 5 autres\n" in output


def test_one_exercise_is_checked_alone(settings: Settings, editor: DatabaseEditor) -> None:
    states.an_envelope_is_raised(editor)
    entries.one_side_of_an_entry_is_changed(editor)

    assert violations(check(settings, Scope(exercise=2026))) == {}
    of_2025 = check(settings, Scope(caf="761", exercise=2025))
    assert any(plural.startswith("écritures équilibrées") for plural in violations(of_2025))
    assert not any("crédits" in plural for plural in violations(of_2025))


def test_one_service_is_checked_alone(settings: Settings, editor: DatabaseEditor) -> None:
    states.an_envelope_is_raised(editor)

    for service in ("submission", "eligibility", "accounting"):
        assert violations(check(settings, Scope(service=service))) == {}
    assert any(
        "crédits" in plural for plural in violations(check(settings, Scope(service="funding")))
    )


def test_one_caf_is_checked_alone(settings: Settings, editor: DatabaseEditor) -> None:
    states.an_envelope_is_raised(editor)

    assert check(settings, Scope(caf="762")).results.comparisons == 0
    assert any("crédits" in plural for plural in violations(check(settings, Scope(caf="761"))))


def test_states_that_cafs_share_are_no_violation(
    real_servers: Servers,
) -> None:
    settings = fresh(real_servers)
    asyncio.run(_two_cafs(settings))
    try:
        for caf, dossier_id in (("761", "D-1"), ("771", "D-2")):
            one = Scope(caf=caf, service="funding")
            with editing(settings) as editor:
                assert violations(check(settings, one)) == {}
                where = {"agrement.dossier_id": dossier_id}
                editor.change("funding", "grants", where, lambda grant: grant.update(rank=1))
                (lines,) = violations(check(settings, one)).values()
                assert [line.split(" : ")[0] for line in lines] == [dossier_id]
        assert violations(check(settings, Scope(service="funding"))) == {}
        # Both Cafs have a dossier of one gestionnaire, which is one state in eligibility.
        for scope in (Scope(), Scope(caf="761"), Scope(caf="771")):
            of_one = check(settings, replace(scope, service="eligibility"))
            assert violations(of_one) == {}
            assert of_one.results.comparisons > 0
    finally:
        drop_databases(settings)


async def _two_cafs(settings: Settings) -> None:
    """Send grants of two Cafs that wait for one bareme, and dossiers of one gestionnaire."""
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


def test_an_empty_scope_is_an_error(settings: Settings) -> None:
    done = clas(settings, "--caf", "762")

    assert done.exit_code == 1
    assert "clas: nothing is kept here" in done.stderr
    assert clas(settings, "--exercise", "2025", "--service", "funding").exit_code == 2


def test_an_event_in_a_queue_is_in_transit_and_not_lost(
    settings: Settings, editor: DatabaseEditor
) -> None:
    last = editor.one("accounting", "inbox", {"type": "fr.caf.clas.AdjustmentDecided.v1"})
    (entry,) = editor.all("accounting", "entries", {"exercise": 2027})
    grant = editor.one("accounting", "grants", {"dossier_id": "D-1"})
    editor.delete("accounting", "inbox", {"_id": last["_id"]})
    editor.delete("accounting", "entries", {"_id": entry["_id"]})
    books = editor.one("accounting", "books", {})
    before = {"_v": books["_v"] - 1, "exercises": books["exercises"][:2]}
    editor.put("accounting", "books", books | before)
    editor.put("accounting", "grants", grant | {"_v": grant["_v"] - 1, "adjustments": []})

    queued, lost = check(settings, accounting=1), check(settings)

    assert (violations(queued), queued.in_transit) == ({}, 1)
    assert lost.in_transit == 0
    assert any(plural.startswith("événements traités par chaque") for plural in violations(lost))


def test_the_demo_campaign_has_no_violation(real_servers: Servers) -> None:
    settings = fresh(real_servers)
    asyncio.run(_demo(settings))
    try:
        done = clas(settings, "--caf", "761")
    finally:
        drop_databases(settings)

    assert done.exit_code == 0, done.output
    output = plain(done.stdout)
    assert "✓ 113 droits dont la dépense est ce qui est dû, par exercice d’origine" in output
    assert "✓ 647 écritures équilibrées" in output


async def _demo(settings: Settings) -> None:
    async with running(tuple(SERVICES_BY_NAME.values()), settings) as system:
        driver = InProcessDriver(system)
        for batch in campaign():
            await driver.send(batch.messages)
            await driver.wait_until_idle()
        await copy_to_mongo(system, settings)
