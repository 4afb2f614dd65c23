"""The store that release 0.3.0 left: its demo, the stories, the partner kit and five exports.

`check.txt` is what that release's own command printed for it.
"""

import asyncio
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import bson
import pytest
from bson.raw_bson import RawBSONDocument
from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import MongoClient

from deploy.embedded import Servers
from services.cli.services import SERVICES_BY_NAME
from shared.kernel.messages import DECIDED_AGAIN, FORM
from shared.kernel.settings import Settings
from shared.mongodb.migration import open_migration
from shared.mongodb.store import MongoStore, connect
from tests.support.broker import depth
from tests.support.client import LONGEST_S
from tests.support.command_line import CLAS, Stage, staged
from tests.upgrade.store import restore

RELEASE = Path(__file__).parent / "0.3.0"
DATABASES = ("submission", "eligibility", "funding", "accounting", "exports")
WAY_OUT = (
    "has form 1, this release reads and writes form 2: stop the services and run `clas migrate`"
)
DECISIONS, OF_0_3_0 = 2_057, 1_372
"""Decisions with those that the migration took again, and those that 0.3.0 took otherwise."""
COUNTED = (
    "enregistrements lisibles",
    "messages conservés",
    "enregistrements dont tout est publié",
    "messages traités",
    "enregistrements classés",
)
DECIDED = (
    "décisions dont le reçu est intact",
    "décisions dont les événements",
    "décisions parties de l’état",
)
STATES = ("états dont chaque version", "états tels que")
CHECKS_ADDED = (
    *(f"✓ 2 181 {check}" for check in COUNTED),
    *(f"✓ 2 057 {check}" for check in DECIDED),
    *(f"✓ 2 439 {check}" for check in STATES),
    "✓ 2 057 décisions qui, rejouées, donnent le même résultat (reçus, règles et paramètres)",
    "… 1 372 décisions d’une autre version seraient prises autrement par celle-ci",
    "✓ 133 droits dont les acomptes sont ceux qui ont été accordés (ordres d’acompte et",
    "✓ 132 droits dont les annulations d’acompte ont leurs écritures (ACO)",
    "✓ 132 droits dont les parts prévues sont celles du dernier accord (FundingGranted,",
    "✓ 132 droits passés par la clôture de leur exercice (clôture, CPT-06, CPT-07)",
    "✓ 3 lots d’export dont les écritures sont dans les livres (écritures)",
    "Tout concorde : 42 vérifications, 32 356 comparaisons.",
)
CHECKS_REMOVED = (
    *(f"✓ 2 049 {check}" for check in COUNTED),
    *(f"✓ 1 925 {check}" for check in DECIDED),
    *(f"✓ 2 327 {check}" for check in STATES),
    "✓ 133 droits dont les acomptes sont ceux qui ont été accordés (AdvanceGranted,",
    "✓ 210 ordres d’acompte conformes à l’acompte annoncé",
    "✓ 132 droits annoncés dont l’état existe",
    "✓ 332 événements de financement comptabilisés",
    "✓ 332 écritures au montant de leur événement",
    "✓ 132 droits que la comptabilité connaît tels qu’ils ont été annoncés",
    "Tout concorde : 42 vérifications, 29 758 comparaisons.",
)
"""Checks of 0.3.0 that calculated amounts a second time: the replay decides again instead.

The other lines count the agrements that the migration decided again, 132 of them, too.
"""
PERSONAL = {"personal", "_personal"}
Contents = dict[str, list[bytes]]

pytestmark = pytest.mark.servers


@pytest.fixture
def stage(real_servers: Servers, tmp_path: Path) -> Iterator[Stage]:
    with staged(real_servers, tmp_path) as stage:
        stage.clas("topology")
        put_back(stage)
        yield stage


@pytest.fixture(scope="module")
def migrated(real_servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Contents:
    """What an uninterrupted migration leaves."""
    with staged(real_servers, tmp_path_factory.mktemp("migrated")) as stage:
        put_back(stage)
        stage.clas("migrate", "--yes")
        return contents(stage)


def test_a_command_that_reads_it_says_that_it_is_to_be_migrated(stage: Stage) -> None:
    for command in (
        ("check",),
        ("replay",),
        ("dossier", "DEMO-76-2024-001"),
        ("export", "list"),
        ("ledger", "--caf", "761", "--exercise", "2025"),
    ):
        done = stage.clas(*command, code=1)

        assert done.stdout == ""
        assert done.stderr.count("\n") == 1
        assert WAY_OUT in done.stderr
    assert "clas migrate" in stage.clas("doctor", code=1).stdout


def test_a_service_does_not_work_on_it(stage: Stage) -> None:
    before = contents(stage)
    program = subprocess.run(
        [CLAS, "serve", "funding"],
        env=os.environ | stage.environment,
        capture_output=True,
        timeout=LONGEST_S,
        check=False,
    )

    output = (program.stdout + program.stderr).decode()
    assert program.returncode == 1
    assert WAY_OUT in output
    assert "Traceback" not in output
    assert contents(stage) == before


def test_a_dry_run_shows_the_plan_and_changes_nothing(stage: Stage) -> None:
    before = contents(stage)

    done = stage.clas("migrate", "--dry-run")
    plan = json.loads(stage.clas("migrate", "--dry-run", "--json").stdout)

    assert f"{stage.prefix}accounting inbox" in " ".join(done.stdout.split())
    inbox = {"database": f"{stage.prefix}accounting", "collection": "inbox"}
    counts = {"documents": 542, "to_move": 542, "bytes": 3_428_248}
    assert inbox | counts in plan["plan"]
    assert plan["done"] is False
    assert contents(stage) == before


def test_without_a_terminal_it_does_nothing_unless_it_is_confirmed(stage: Stage) -> None:
    before = contents(stage)

    assert "--yes" in stage.clas("migrate", code=2).stderr
    assert "--yes" in stage.clas("migrate", "--json", code=2).stderr
    assert contents(stage) == before


def test_after_it_check_prints_what_the_release_itself_printed(stage: Stage) -> None:
    assert "All databases have form 2." in stage.clas("migrate", "--yes").stdout

    printed = without(CHECKS_ADDED, stage.clas("check").stdout)
    assert printed == without(CHECKS_REMOVED, frozen("check"))


def test_after_it_only_decisions_of_the_release_itself_would_be_others(stage: Stage) -> None:
    stage.clas("migrate", "--yes")

    replayed = json.loads(stage.clas("replay", "--json").stdout)

    assert replayed["decisions"] == DECISIONS
    assert replayed["differing"] == []
    assert len(replayed["of_other_releases"]) == OF_0_3_0


def test_agrements_are_completed_before_a_dossier_is_judged_on_them(stage: Stage) -> None:
    stage.clas("migrate", "--yes")

    with MongoClient[dict[str, Any]](stage.servers.mongo_url) as client:
        database = client[f"{stage.prefix}submission"]
        agrements = list(database["agrements"].find())
        listed = {
            name for each in database["gestionnaire_agrements"].find() for name in each["agrements"]
        }
        again = database["inbox"].count_documents({"_id.n": DECIDED_AGAIN})
    assert len(agrements) == again == 132
    assert all(agrement["school_level"] and agrement["communes"] for agrement in agrements)
    assert listed == {agrement["_id"] for agrement in agrements}


def without(starts: tuple[str, ...], text: str) -> list[str]:
    """Return the lines of a text without those that start so: one for each start."""
    lines = text.splitlines()
    assert [sum(line.startswith(start) for line in lines) for start in starts] == [1] * len(starts)
    return [line for line in lines if not line.startswith(starts)]


def test_a_second_time_there_is_nothing_to_do(stage: Stage, migrated: Contents) -> None:
    stage.clas("migrate", "--yes")
    again = stage.clas("migrate", code=0)
    as_json = json.loads(stage.clas("migrate", "--json").stdout)

    assert again.stdout == "Nothing is to be done: all databases have form 2.\n"
    assert as_json == {"form": FORM, "plan": [], "done": True}
    assert contents(stage) == migrated


def test_names_stand_only_where_personal_values_do(migrated: Contents) -> None:
    names = [name.encode() for name in ("Maxime Duboc", "Service éducation des Tilleuls")]
    for name, documents in migrated.items():
        if name.startswith("exports."):  # The files themselves.
            continue
        for document in documents:
            public = bson.encode(without_personal(bson.decode(document)))
            assert not any(each in public for each in names), name
    whole = b"".join(migrated["eligibility.dossiers"])
    assert all(each in whole for each in names)


@pytest.mark.parametrize("batches", [0, 1, 8, 20, 33])
def test_interrupted_between_batches_it_ends_the_same(
    stage: Stage, migrated: Contents, batches: int
) -> None:
    with pytest.raises(InterruptionError):
        asyncio.run(migrate(stage, interrupted_after(batches)))
    assert contents(stage) != migrated
    assert WAY_OUT in stage.clas("check", code=1).stderr

    stage.clas("migrate", "--yes")

    assert contents(stage) == migrated


def test_interrupted_within_a_batch_it_ends_the_same(
    stage: Stage, migrated: Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(stage)

    async def fail(*_: Any, **__: Any) -> None:
        raise InterruptionError

    with monkeypatch.context() as patch:
        patch.setattr(AsyncIOMotorCollection, "insert_many", fail)
        with pytest.raises(InterruptionError):
            asyncio.run(migrate(stage, lambda _: None))
    assert contents(stage) == before

    stage.clas("migrate", "--yes")

    assert contents(stage) == migrated


@pytest.mark.parametrize("share", [0.02, 0.5])
def test_killed_it_ends_the_same(stage: Stage, migrated: Contents, share: float) -> None:
    program = subprocess.Popen([CLAS, "migrate", "--yes"], env=os.environ | stage.environment)
    deadline = time.monotonic() + LONGEST_S
    while moved(stage) < share * 2049:
        assert time.monotonic() < deadline
        assert program.poll() is None
    program.send_signal(signal.SIGKILL)
    assert program.wait(LONGEST_S) == -signal.SIGKILL
    assert contents(stage) != migrated

    stage.clas("migrate", "--yes")

    assert contents(stage) == migrated


def test_a_message_of_before_is_a_duplicate_and_nothing_moves_under_a_service(
    stage: Stage,
) -> None:
    stage.clas("migrate", "--yes")
    with MongoClient[dict[str, Any]](stage.servers.mongo_url) as client:
        where = {"type": "fr.caf.clas.AdvanceOrdered.v1", "outcome": "decided"}
        record = client[f"{stage.prefix}funding"]["inbox"].find_one(where)
    assert record
    assert record["_id"]["p"] == "legacy"
    same = stage.folder / "same.jsonl"
    same.write_bytes(record["personal"]["body"])
    before = contents(stage)

    stage.start("serve", "all")
    stage.clas("publish", str(same))
    stage.clas("wait", "--timeout", str(LONGEST_S))

    assert asyncio.run(depth(stage.servers.amqp_url, "clas.funding.dead-letters")) == 0
    assert contents(stage) == before
    with MongoClient[dict[str, Any]](stage.servers.mongo_url) as client:
        client[f"{stage.prefix}exports"]["meta"].delete_one({})
    refused = stage.clas("migrate", "--yes", code=1)
    assert "stop submission, eligibility, funding, accounting first" in refused.stderr


def test_without_a_broker_it_warns_and_goes_on(
    stage: Stage, migrated: Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Stage, "environment", stage.environment | NO_BROKER)

    done = stage.clas("migrate", "--yes")

    assert "Make sure that no service runs." in done.stderr
    assert contents(stage) == migrated


def test_what_the_release_had_not_published_is_in_the_outbox(stage: Stage) -> None:
    with MongoClient[dict[str, Any]](stage.servers.mongo_url) as client:
        database = client[f"{stage.prefix}funding"]
        with_outputs = list(database["inbox"].find({"outputs.1": {"$exists": True}}).limit(2))
        for record in with_outputs:
            waiting = {"$set": {"pending": True, "due": record["at"], "token": "t"}}
            database["inbox"].update_one({"_id": record["_id"]}, waiting)

        stage.clas("migrate", "--yes")

        batches = list(database["outbox"].find({}, {"_id": 0}))
        left = database["inbox"].count_documents({"pending": {"$exists": True}})
    dates = [(record["at"], record["at"]) for record in with_outputs]
    assert [(batch["since"], batch["due"]) for batch in batches] == dates
    records = [{"p": "legacy", **record["_id"]} for record in with_outputs]
    assert [batch["records"] for batch in batches] == [[record] for record in records]
    assert [(batch["count"], batch["_form"]) for batch in batches] == [(1, FORM)] * 2
    assert left == 0
    assert leased_by_a_relay(stage) == [record["i"] for record in records]


def test_a_document_that_is_not_of_the_release_is_named(stage: Stage) -> None:
    with MongoClient[dict[str, Any]](stage.servers.mongo_url) as client:
        inbox = client[f"{stage.prefix}funding"]["inbox"]
        inbox.update_one({"outcome": "decided"}, {"$unset": {"outputs": ""}})

    refused = stage.clas("migrate", "--yes", code=1)

    assert "funding.inbox" in refused.stderr
    assert "not a document of release 0.3.0" in refused.stderr


def test_a_store_of_a_later_release_is_left_alone(stage: Stage) -> None:
    with MongoClient[dict[str, Any]](stage.servers.mongo_url) as client:
        client[f"{stage.prefix}submission"]["meta"].insert_one({"_id": "form", "form": 3})

    for command in ("migrate", "check"):
        refused = stage.clas(command, code=1)
        assert "run the release that wrote it" in refused.stderr


class InterruptionError(Exception):
    """A fault in the middle of a migration."""


NO_BROKER = {"CLAS_AMQP_URL": "amqp://guest:guest@localhost:1/"}


def interrupted_after(batches: int) -> Callable[[int], None]:
    left = iter(range(batches))

    def advance(_: int) -> None:
        if next(left, None) is None:
            raise InterruptionError

    return advance


async def migrate(stage: Stage, advance: Callable[[int], None]) -> None:
    settings = Settings(mongo_url=stage.servers.mongo_url, database_prefix=stage.prefix)
    async with open_migration(settings, SERVICES_BY_NAME) as migration:
        await migration.run(await migration.outdated(), advance)


def leased_by_a_relay(stage: Stage) -> list[str]:
    """Return the ids of the messages whose outputs a relay of funding would publish."""

    async def leased() -> list[str]:
        client = connect(stage.servers.mongo_url)
        try:
            store = MongoStore(client[f"{stage.prefix}funding"])
            now = timedelta(0)
            batches = await store.lease_unpublished(most=9, grace=now, lease=now, token="t")
            return [record.key.id for batch in batches for record in batch.records]
        finally:
            client.close()

    return asyncio.run(leased())


def without_personal(value: Any) -> Any:
    if isinstance(value, dict):
        left = {name: each for name, each in value.items() if name not in PERSONAL}
        return {name: without_personal(each) for name, each in left.items()}
    return [without_personal(each) for each in value] if isinstance(value, list) else value


def frozen(command: str) -> str:
    """Return what the release printed."""
    return (RELEASE / f"{command}.txt").read_text(encoding="utf-8")


def put_back(stage: Stage) -> None:
    with MongoClient[RawBSONDocument](stage.servers.mongo_url) as client:
        restore(RELEASE / "store.tar.xz", client, stage.prefix)


def contents(stage: Stage) -> Contents:
    """Return all documents byte for byte, in the order they were written, and all indexes."""
    with MongoClient[RawBSONDocument](
        stage.servers.mongo_url, document_class=RawBSONDocument
    ) as client:
        documents_by_collection: dict[str, list[bytes]] = {}
        for name in DATABASES:
            database = client[f"{stage.prefix}{name}"]
            for collection in database.list_collection_names():
                documents = database[collection].find().sort("$natural", 1)
                indexes = sorted(database[collection].index_information())
                documents_by_collection[f"{name}.{collection}"] = [
                    *(bytes(document.raw) for document in documents),
                    bson.encode({"indexes": indexes}),
                ]
        return documents_by_collection


def moved(stage: Stage) -> int:
    """Count the records that are moved."""
    with MongoClient[dict[str, Any]](stage.servers.mongo_url) as client:
        return sum(
            client[f"{stage.prefix}{name}"]["inbox"].count_documents({"_form": FORM})
            for name in DATABASES
        )
