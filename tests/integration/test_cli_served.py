"""The command line around running services: serving, publishing, waiting, telling, replaying."""

import asyncio
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from deploy.embedded import Servers
from tests.support import samples
from tests.support.client import LONGEST_S, Event, event
from tests.support.command_line import CLAS, Stage, alive, children, staged, until
from tests.support.letters import QUEUE, dead_letter, listed, moved_by_the_broker, put
from tests.support.stories import load

pytestmark = pytest.mark.servers


@pytest.fixture
def stage(real_servers: Servers, tmp_path: Path) -> Iterator[Stage]:
    """A broker as on its first day, and empty databases."""
    with staged(real_servers, tmp_path) as stage:
        yield stage


def story(name: str) -> list[Event]:
    return [event(each["event"], each["data"]) for each in load(name, "761")["given"]]


def test_a_whole_life_from_the_file_to_the_ledger(stage: Stage) -> None:
    program = stage.start("serve", "all")

    stage.clas("publish", "--step", stage.file(*story("01-full-life-at-the-ceiling")))
    stage.clas("wait", "--timeout", "300")

    life = stage.clas("dossier", samples.DOSSIER).stdout
    assert "Financement accordé : Ps 2 758,25 € et bonus 634,00 €" in life
    assert "Comité du 7 octobre 2025 : agrément accordé" in life
    assert re.search(r"15\. Écriture : .*, exercice 2025, mois 13\n.*suite au n° 13\n", life)

    books = stage.clas("ledger", "--caf", "761", "--exercise", "2025").stdout
    assert "exercice 2025 : clôturé" in books
    assert re.search(r"1 +20 novembre 2025 +11 +acompte .* 772,31", books)
    assert re.search(r"[23] +31 décembre 2025 +13 +charge à payer .* 330,99", books)
    assert re.search(r"Total +2 758,25 +2 758,25 +0,00", books)
    assert "3 écritures équilibrées, chaîne d’empreintes vérifiée." in books
    later = stage.clas("ledger", "--caf", "761", "--exercise", "2026").stdout
    assert "exercice 2026 : clôturé" in later
    assert re.search(r"15 septembre 2026 +9 +solde .* 1 130,49", later)
    assert re.search(r"Total +4 274,89 +4 274,89 +0,00", later)
    after = stage.clas("ledger", "--caf", "761", "--exercise", "2027").stdout
    assert "exercice 2027 : ouvert" in after
    assert "Aucune écriture." in after

    assert "Tout concorde : " in stage.clas("check").stdout
    _change_an_amount(stage)
    findings = stage.clas("check", code=1).stdout
    assert f"• {samples.DOSSIER} (Caf 761) : elle n’est plus ce qui a été annoncé" in findings
    changed = stage.clas("ledger", "--caf", "761", "--exercise", "2025", code=1)
    assert "entry 1 " in changed.stderr
    assert "the chain of hashes breaks there" in changed.stderr

    assert "fail" not in stage.clas("doctor").stdout
    program.terminate()
    assert program.wait(LONGEST_S) == 0


def _change_an_amount(stage: Stage) -> None:
    """Change both sides of the first entry behind the service's back."""
    with MongoClient[dict[str, Any]](stage.servers.mongo_url) as client:
        changed = client[f"{stage.prefix}accounting"]["entries"].update_one(
            {"sequence": 1},
            {"$set": {"posted.lines.0.debit": "772.32", "posted.lines.1.credit": "772.32"}},
        )
    assert changed.modified_count == 1


def test_dead_letters_are_sent_again_and_told(stage: Stage) -> None:
    stage.clas("topology")
    url = stage.servers.amqp_url
    astray = dead_letter("order-2", clas_routing_key="AdvanceOrdered.v1.451")
    asyncio.run(put(url, dead_letter("order-1"), astray, dead_letter("order-3")))
    asyncio.run(moved_by_the_broker(url, "order-4"))
    stage.holds(QUEUE, 4)
    listing = stage.clas("dead-letters", "list").stdout
    assert listed(listing) == ["order-1", "order-2", "order-3", "order-4"]
    assert "delivery_limit" in listing
    stage.holds(QUEUE, 4)

    chosen = ("order-1", "order-2", "order-4")
    stage.clas("dead-letters", "replay", "funding", *chosen, "--yes")
    stage.start("serve", "all")
    until(lambda: _handled(stage, "funding") == 3, "the three are handled")
    stage.clas("wait")

    life = stage.clas("dossier", samples.DOSSIER).stdout
    assert re.search(r"Acompte order-1 refusé .*\n.*suite au n° \d\n +• \[COM-05\]", life)
    assert "Acompte order-4 refusé" in life
    assert "order-3" not in life
    stage.holds(QUEUE, 2)
    listing = stage.clas("dead-letters", "list").stdout
    assert listed(listing) == ["order-3", "order-2"]
    assert re.search(r"order-2 +AdvanceOrdered +disagrees +1 .* refused again: disagrees", listing)


def _handled(stage: Stage, service: str) -> int:
    """Count the messages that a service has handled."""
    with MongoClient[dict[str, Any]](stage.servers.mongo_url) as client:
        return client[f"{stage.prefix}{service}"]["inbox"].count_documents({})


def test_one_service_that_dies_takes_the_others_with_it(stage: Stage) -> None:
    program = stage.start("serve", "all")
    services = children(program)
    assert len(services) == 4

    os.kill(services[2], signal.SIGKILL)

    assert program.wait(LONGEST_S) == 1
    assert "funding ended by itself (killed by SIGKILL); the others were stopped" in stage.log()
    assert alive(services) == []


def test_up_stops_what_it_started_and_only_that(stage: Stage) -> None:
    program = stage.start("up")
    until(lambda: "Ready" in stage.log(), "it says that it is ready")
    services = children(program)

    program.send_signal(signal.SIGINT)

    assert program.wait(LONGEST_S) == 0
    assert len(services) == 4
    assert alive(services) == []
    assert f"export CLAS_AMQP_URL='{stage.servers.amqp_url}'\n" in stage.log()
    stage.clas("topology", "--check")


def test_the_program_is_installed_under_its_name() -> None:
    version = subprocess.run([CLAS, "--version"], capture_output=True, text=True, check=True)

    assert re.fullmatch(r"clas \d+\.\d+\.\d+\n", version.stdout)


def test_a_stored_dossier_leaves_as_a_case_that_ends_alike(stage: Stage) -> None:
    stage.start("serve", "all")
    stage.clas("publish", "--step", stage.file(*story("10-control-and-rappel")))
    stage.clas("wait", "--timeout", "300")
    dossier = "ELAN-2025-761-000010"

    case = stage.clas("case", dossier).stdout

    assert "suite du contrôle: rappel" in case
    assert not re.search("ELAN-2025|Contrôle favorable|7655[0-9]|[0-9]{14}", case)
    file = stage.folder / "case.yaml"
    file.write_text(case, encoding="utf-8")
    assert "conforme" in stage.clas("case", str(file)).stdout
    file.write_text(case.replace("suite du contrôle: rappel", "suite du contrôle: indu"), "utf-8")
    differs = stage.clas("case", str(file), code=1).stderr
    assert "suite du contrôle : attendu indu, obtenu rappel" in differs
    assert "no service knows a dossier NONE" in stage.clas("case", "NONE", code=1).stderr


def test_every_decision_is_explained_and_decided_again_until_somebody_tampers(
    stage: Stage,
) -> None:
    stage.start("serve", "all")
    stage.clas("publish", "--step", stage.file(*story("10-control-and-rappel")))
    stage.clas("wait", "--timeout", "300")
    dossier = "ELAN-2025-761-000010"

    explanation = stage.clas("explain", dossier).stdout
    assert "C1 a coûté 7 000,00 € au lieu de 8 000,00 €." in explanation
    assert "Montants : cost = 8000.00" in stage.clas("explain", dossier, "--for", "auditeur").stdout
    assert "nothing was decided" in stage.clas("explain", "NOBODY", code=1).stderr
    whole = stage.clas("replay").stdout
    assert re.fullmatch(r"\d\d décisions recalculées : aucune ne diffère\.\n", whole)
    assert "no decision to replay" in stage.clas("replay", "--dossier", "NOBODY", code=1).stderr

    _change_a_cost(stage)

    changed = stage.clas("replay", "--service", "funding", "--caf", "761", code=1)
    assert f"{dossier} : ResultAccountFiled, service funding" in changed.stdout
    assert "• message hash : conservé « " in changed.stdout
    assert "→ L’archive n’est plus ce qui a été écrit" in changed.stdout
    assert "1 décision diffère, sur " in changed.stderr
    stage.clas("replay", "--service", "submission", "--dossier", dossier)


def _change_a_cost(stage: Stage) -> None:
    """Change the accounts in the archive, behind the service's back."""
    with MongoClient[dict[str, Any]](stage.servers.mongo_url) as client:
        inbox = client[f"{stage.prefix}funding"]["inbox"]
        record = inbox.find_one({"type": "fr.caf.clas.ResultAccountFiled.v1"})
        assert record is not None
        body = record["personal"]["body"].replace(b'"7000.00"', b'"7000.01"')
        inbox.update_one({"_id": record["_id"]}, {"$set": {"personal.body": body}})
