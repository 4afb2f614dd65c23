"""The JSON documents of commands that look at the servers, on results made by hand."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.cli import topology, wait
from services.cli.check import command as check
from services.cli.dead_letters import command as dead_letters
from services.cli.dead_letters.view import Summary
from services.cli.doctor import command as doctor
from services.cli.doctor.results import ProbeResult, with_age
from shared.audit.findings import CheckRule, Violation
from shared.audit.scanner import AuditState, Scope
from shared.console.idle import Backlog
from shared.exports import list_command
from shared.kernel.settings import Settings
from shared.mongodb.export_register import Batch
from shared.rabbitmq.topology import queues
from tests.support import samples
from tests.tools.json_reference import example
from tests.unit.json_output.played import run

ENTRY_RULE: CheckRule[Any] = CheckRule(
    "écriture",
    "écritures",
    "CPT-01",
    "accounting.entries",
    "Restaurer l’écriture d’une sauvegarde.",
)
MESSAGE_RULE: CheckRule[Any] = CheckRule(
    "message", "messages", "archive", "inbox", "Restaurer le message."
)
REFUSED = "data.amount: expected euros"
LETTERS = [
    Summary(
        "funding", "order-2", "AdvanceOrdered", "invalid", 1, REFUSED, "refused again: invalid"
    ),
    Summary("funding", "order-4", "AdvanceOrdered", "delivery_limit", 0, "", "fits the contract"),
]


def answers(patch: pytest.MonkeyPatch, module: Any, name: str, result: Any) -> None:
    """Let an asynchronous function of a module return this."""

    async def answer(*_: Any, **__: Any) -> Any:
        return result

    patch.setattr(module, name, answer)


def batch(series: str, number: int) -> Batch:
    """Return a batch with the manifest that an export writes."""
    file = "clas-761-2025.csv"
    manifest = {"series": series, "number": number, "file": file, "count": 3, "debit": "2758.25"}
    return Batch(series, number, "token", file, "fingerprint", json.dumps(manifest).encode())


def audited(*violations: Violation) -> AuditState:
    """Return an audit of one entry and four messages."""
    state = AuditState(Scope(), datetime(2026, 1, 1, tzinfo=UTC))
    state.results.add(MESSAGE_RULE, (), comparisons=4)
    state.results.add(ENTRY_RULE, violations)
    return state


def test_a_check_has_its_rules_with_violations_and_totals(monkeypatch: pytest.MonkeyPatch) -> None:
    message = "elle n’est plus ce qui a été annoncé"
    violation = Violation(samples.DOSSIER, message, "accounting.entries e-1")
    answers(monkeypatch, check, "check_services", audited(violation))
    output, errors = run("check", "--json", code=1)

    assert json.loads(output) == json.loads(example("check"))
    assert errors == "clas: 1 anomalie, dans 1 des 2 vérifications\n"


def test_a_check_without_violation_is_consistent(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, check, "check_services", audited())
    document = json.loads(run("check", "--json")[0])

    assert (document["consistent"], document["comparisons"]) == (True, 5)


def test_a_check_counts_the_violations_that_it_does_not_list(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    violations = (Violation(str(number), "manque", "funding") for number in range(30))
    answers(monkeypatch, check, "check_services", audited(*violations))
    rule = json.loads(run("check", "--json", code=1)[0])["rules"][1]

    assert (rule["violation_count"], len(rule["violations"])) == (30, 20)


def test_doctor_has_each_probe(monkeypatch: pytest.MonkeyPatch) -> None:
    broker = ProbeResult("ok", "RabbitMQ", "RabbitMQ 4.1.4 at localhost:5672")
    queue = ProbeResult("fail", "clas.funding", "12 waiting, 0 consuming", "clas serve funding", 12)
    waits = with_age(queue, timedelta(seconds=260.5))
    answers(monkeypatch, doctor, "probe_broker", [broker, waits])
    answers(monkeypatch, doctor, "probe_database", [])
    output, errors = run("doctor", "--json", code=1)

    assert json.loads(output) == json.loads(example("doctor"))
    assert errors == "clas: not in order: clas.funding\n"


def test_wait_has_the_services_that_still_work(monkeypatch: pytest.MonkeyPatch) -> None:
    none = {"submission": 0, "eligibility": 0, "funding": 0}
    backlog = Backlog(none | {"accounting": 3}, none | {"accounting": 1})
    answers(monkeypatch, wait, "_wait", backlog)
    output, errors = run("wait", "--timeout", "5", "--json", code=1)

    assert json.loads(output) == json.loads(example("wait"))
    assert errors.startswith("clas: not quiet after 5 s: accounting: 3 in its queue")


def test_wait_is_idle_without_backlog(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, wait, "_wait", None)

    assert json.loads(run("wait", "--json")[0]) == {"idle": True, "backlog": []}


def test_dead_letters_are_listed_with_their_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, dead_letters, "summaries", LETTERS)
    output, errors = run("dead-letters", "list", "--json")

    assert json.loads(output) == json.loads(example("dead-letters"))
    assert errors == ""


@pytest.mark.parametrize(
    ("words", "count", "ids"),
    [
        (("--reason", "invalid"), 1, ["order-2"]),
        (("--event", "DossierSubmitted"), 0, []),
        (("--limit", "1"), 2, ["order-2"]),
    ],
)
def test_dead_letters_are_filtered(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], count: int, ids: list[str]
) -> None:
    answers(monkeypatch, dead_letters, "summaries", LETTERS)
    document = json.loads(run("dead-letters", "list", *words, "--json")[0])

    assert document["count"] == count
    assert [letter["id"] for letter in document["dead_letters"]] == ids


def test_exports_are_listed_with_their_manifests(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, list_command, "_batches", [batch("csv-761-2025", 1)])

    assert json.loads(run("export", "list", "--json")[0]) == json.loads(example("export"))


@pytest.mark.parametrize(
    ("words", "series"),
    [
        (("--caf", "761"), ["bonus-2025-2026-761", "csv-761-2025"]),
        (("--series", "csv"), ["csv-761-2025", "csv-762-2025"]),
        (("--caf", "761", "--series", "csv"), ["csv-761-2025"]),
        (("--limit", "1"), ["bonus-2025-2026-761"]),
    ],
)
def test_exports_are_filtered(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], series: list[str]
) -> None:
    names = ("bonus-2025-2026-761", "csv-761-2025", "csv-762-2025")
    answers(monkeypatch, list_command, "_batches", [batch(name, 1) for name in names])
    document = json.loads(run("export", "list", *words, "--json")[0])

    assert [listed["series"] for listed in document["batches"]] == series


def test_a_topology_has_its_queues_and_their_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, topology, "_declare_or_verify", None)
    document = json.loads(run("topology", "--json")[0])
    names = ("clas.submission.dead-letters", "clas.submission")
    document["queues"] = [queue for queue in document["queues"] if queue["name"] in names]
    document["fingerprint"] = document["fingerprint"].rpartition(".")[0]

    expected = json.loads(example("topology"))
    expected["fingerprint"] = expected["fingerprint"].rpartition(".")[0]
    assert document == expected


def test_a_topology_that_is_only_verified_was_not_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, topology, "_declare_or_verify", None)
    document = json.loads(run("topology", "--check", "--json")[0])

    assert document["declared"] is False
    assert len(document["queues"]) == len(list(queues(Settings())))
