"""The samples of the kit on the four services, in process: each has its expected answers."""

import asyncio
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest

from services.cli.conformance.report import print_leftovers, print_run, run_document
from shared.console.terminal import PLAIN_WIDTH, console
from shared.contracts.registry import SERVICES
from shared.kernel.memory.system import MemorySystem, running
from shared.kernel.messages import IncomingMessage, OutgoingMessage
from shared.kernel.settings import Settings
from shared.partner_kit.diff import differences
from shared.partner_kit.runner import Outcome, Run, play
from shared.partner_kit.sample import Answer, Capture, Expected, Sample, read_samples
from tests.support.services import ALL

SAMPLES = read_samples()
FIRST, AGAIN, ELSEWHERE = (
    Run("kit-00000001", timeout_s=60),
    Run("kit-00000002", timeout_s=5),
    Run("kit-00000003", caf="771", timeout_s=60),
)
RUNS = (FIRST, AGAIN, ELSEWHERE)


@dataclass
class InProcess:
    """The exchange of the in-process broker."""

    system: MemorySystem

    async def send(self, body: bytes, routing_key: str, message_id: str) -> None:
        self.system.broker.publish(
            OutgoingMessage(id=message_id, routing_key=routing_key, body=body)
        )

    def received(self) -> Sequence[IncomingMessage]:
        return self.system.broker.log

    async def settle(self) -> None:
        await self.system.wait_until_idle()


@cache
def played() -> tuple[dict[Run, list[Outcome]], dict[str, str]]:
    """Play the kit thrice on one system: outcomes by run, reasons of dead letters by id."""
    return asyncio.run(_played())


async def _played() -> tuple[dict[Run, list[Outcome]], dict[str, str]]:
    async with running(ALL, Settings()) as system:
        outcomes = {run: await play(SAMPLES, InProcess(system), run, _nothing) for run in RUNS}
        letters = {
            str(letter.message_id): str(letter.headers["clas-reason"])
            for service in SERVICES
            for letter in system.broker.dead_letters(service)
        }
    return outcomes, letters


def _nothing() -> None:
    """No progress is shown."""


@pytest.mark.parametrize("run", RUNS, ids=["first", "again", "another-caf"])
@pytest.mark.parametrize("rank", range(len(SAMPLES)), ids=[each.name for each in SAMPLES])
def test_a_sample_is_answered_as_it_says(rank: int, run: Run) -> None:
    outcome = played()[0][run][rank]

    assert outcome.faults == []
    assert outcome.sample.expected.once is not None or len(outcome.received) == len(
        outcome.sample.expected.answers
    )


@pytest.mark.parametrize(
    "sample", [each for each in SAMPLES if not each.valid], ids=lambda sample: sample.name
)
def test_what_cannot_be_read_lies_in_the_dead_letters_with_its_reason(sample: Sample) -> None:
    message_id = sample.properties.message_id.replace("kit-00000000", FIRST.prefix)

    assert played()[1][message_id] == sample.expected.reason


def test_an_empty_exercise_is_closed_once_and_then_silent() -> None:
    outcomes, _ = played()
    (rank,) = (n for n, each in enumerate(SAMPLES) if each.name == "exercice-vide-cloture")

    assert [len(outcomes[run][rank].received) for run in RUNS] == [1, 0, 1]


def test_a_run_is_told_with_what_it_leaves_and_how_to_clean_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "width", PLAIN_WIDTH)
    fitting, broken, late = (
        Outcome(next(each for each in SAMPLES if each.name == name))
        for name in ("acompte-verse", "AdvanceOrdered-amount-negatif", "ecriture-inconnue")
    )
    fitting.received = [GRANTED, refusal("AccountingEntryPosted", kind="advance")]
    broken.received = [refusal("MessageRefused", errors=[{"path": "data.amount"}])]
    late.not_sent = "not sent: the system no longer answers"

    print_run([fitting, broken, late])
    print_leftovers([fitting, broken, late], FIRST)

    out, err = capsys.readouterr()
    rows = [re.sub(" +", " ", line).strip() for line in out.splitlines()]
    assert rows[:4] == [
        "no. message expected received verdict",
        (
            "024 acompte-verse AdvanceGranted, AccountingEntryPosted"
            " AdvanceGranted, AccountingEntryPosted differs"
        ),
        (
            f"{broken.sample.number} AdvanceOrdered-amount-negatif MessageRefused [data.amount]"
            " MessageRefused [data.amount] conforms"
        ),
        (f"0{late.sample.number} ecriture-inconnue RequestRefused [LIV-01] nothing not sent"),
    ]
    assert rows[4].startswith("What stays: entries and dossiers of the Caf 999, all of whose ids")
    assert rows[5:] == [
        "• 1 dead letter of funding; remove them with:",
        "clas dead-letters drop funding kit-00000001 --beginning --yes",
    ]
    assert " ".join(err.split()) == (
        "clas: 024 acompte-verse: AccountingEntryPosted: exercise = 2025 expected, nothing"
        " received "
        "clas: 024 acompte-verse: AccountingEntryPosted: period = 11 expected, nothing received "
        f"clas: 0{late.sample.number} ecriture-inconnue: not sent: the system no longer answers"
    )


def refusal(name: str, **data: Any) -> dict[str, Any]:
    return {"type": f"fr.caf.clas.{name}.v1", "source": "/clas/x", "data": data}


REFUSED = refusal("AdvanceRefused", reasons=[{"rule": "ACO-01"}])
GRANTED = refusal("AdvanceGranted", amount="772.31", exercise=2025)
UNREADABLE = refusal("MessageRefused", errors=[{"path": "data.amount"}, {"path": ""}])


@pytest.mark.parametrize(
    ("owed", "received", "faults"),
    [
        ([Answer(event="AdvanceRefused", rules=("ACO-01",))], [REFUSED], []),
        ([], [], []),
        ([], [REFUSED], ["AdvanceRefused received, not expected"]),
        ([Answer(event="AdvanceGranted")], [], ["AdvanceGranted expected, not received"]),
        (
            [Answer(event="AdvanceGranted")],
            [REFUSED],
            ["AdvanceGranted expected, not received", "AdvanceRefused received, not expected"],
        ),
        (
            [Answer(event="AdvanceRefused", rules=("ACO-03", "CNV-01"))],
            [REFUSED],
            ["AdvanceRefused: rules [ACO-03, CNV-01] expected, [ACO-01] received"],
        ),
        (
            [Answer(event="AdvanceRefused")],
            [REFUSED],
            ["AdvanceRefused: rules none expected, [ACO-01] received"],
        ),
        (
            [Answer(event="AdvanceGranted", data={"amount": "772.32", "exercise": 2025})],
            [GRANTED],
            ["AdvanceGranted: amount = '772.32' expected, '772.31' received"],
        ),
        (
            [Answer(event="MessageRefused", errors=("data.amount",))],
            [UNREADABLE],
            ["MessageRefused: errors at [data.amount] expected, [message, data.amount] received"],
        ),
        (
            [
                Answer(event="AdvanceGranted"),
                Answer(event="AdvanceGranted", data={"exercise": 2025}),
            ],
            [GRANTED, refusal("AdvanceGranted", exercise=2026)],
            [],
        ),
        (
            [Answer(event="AdvanceGranted")],
            [GRANTED, GRANTED],
            ["AdvanceGranted received, not expected"],
        ),
    ],
)
def test_every_difference_is_told(
    owed: list[Answer], received: list[dict[str, Any]], faults: list[str]
) -> None:
    assert differences(Expected(answers=tuple(owed)), received) == faults


def test_the_other_answers_of_a_second_play_are_as_right() -> None:
    owed = Expected(answers=(Answer(event="ClosingCompleted"),), once=())

    assert differences(owed, []) == []
    assert differences(owed, [refusal("ClosingRefused", reasons=[{"rule": "CLO-02"}])]) == [
        "ClosingCompleted expected, not received",
        "ClosingRefused received, not expected",
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("acompte-verse", {"data": {"amount": "772.30"}, "event": "AdvanceGranted"}),
        ("acompte-sans-convention", {"event": "AdvanceRefused", "rules": ["CNV-02"]}),
        ("ConventionSigned-signed-on-manque", {"event": "MessageRefused", "errors": ["data.caf"]}),
        ("campagne-ouverte", {"event": "EnvelopeRegistered"}),
    ],
)
async def test_an_expectation_that_is_wrong_is_seen(name: str, expected: dict[str, Any]) -> None:
    rank = [each.name for each in SAMPLES].index(name)
    wrong = SAMPLES[rank].expected.model_copy(
        update={"answers": (Answer.model_validate_json(json.dumps(expected)),)}
    )
    scenario = [*SAMPLES[:rank], SAMPLES[rank].model_copy(update={"expected": wrong})]
    async with running(ALL, Settings()) as system:
        run = Run("kit-0000000a", timeout_s=2)
        outcomes = await play(_needed(scenario), InProcess(system), run, _nothing)

    assert [each.sample.name for each in outcomes if each.faults] == [name]
    assert run_document(outcomes, run)["conforms"] is False


def _needed(scenario: list[Sample]) -> list[Sample]:
    """Return what a sample stands on, and itself: an unreadable one stands on nothing."""
    return scenario if scenario[-1].valid else scenario[-1:]


@dataclass
class Deaf:
    """An exchange without services."""

    sent: list[str] = field(default_factory=list)

    async def send(self, body: bytes, routing_key: str, message_id: str) -> None:  # noqa: ARG002
        self.sent.append(message_id)

    def received(self) -> Sequence[IncomingMessage]:
        return []

    async def settle(self) -> None:
        """Nothing comes."""


async def test_a_system_that_does_not_answer_is_not_asked_for_ever() -> None:
    deaf, steps = Deaf(), iter(range(1000))

    outcomes = await play(SAMPLES, deaf, Run("kit-0000000b", timeout_s=0), lambda: _next(steps))

    assert len(deaf.sent) == 3
    assert outcomes[0].faults == ["CampaignRegistered expected, not received"]
    assert {each.not_sent for each in outcomes[3:]} == {"not sent: the system no longer answers"}
    assert next(steps) == len(SAMPLES)


def _next(steps: Iterator[int]) -> None:
    next(steps)


TAKE = Capture(
    path="data.dossier_id",
    sample="campagne-ouverte",
    event="CampaignRegistered",
    value="data.school_year",
)


async def test_a_sample_may_take_a_value_from_an_earlier_answer() -> None:
    taking = next(each for each in SAMPLES if each.event == "ConventionSigned")
    taking = taking.model_copy(update={"takes": (TAKE,)})
    async with running(ALL, Settings()) as system:
        run = Run("kit-0000000c", timeout_s=5)
        _, taken = await play([SAMPLES[0], taking], InProcess(system), run, _nothing)
        (alone,) = await play([taking], InProcess(system), run, _nothing)

    assert taken.received[0]["data"]["dossier_id"] == "2025-2026"
    missing = "CampaignRegistered of 'campagne-ouverte'"
    assert alone.faults == [
        f"not sent: it takes a value from an answer that is missing ({missing})"
    ]
