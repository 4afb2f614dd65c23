"""`clas conformance FILE`: the verdict on what partners write, without any server."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.__main__ import app
from shared.console.terminal import PLAIN_WIDTH, console
from shared.contracts.event_file import split
from shared.partner_kit.file_validation import Verdict, verdicts
from shared.partner_kit.sample import read_samples
from tests.support import partners

LIMIT = 1024 * 1024
MONEY = (
    'expected euros, not negative, as a string with two decimals; 100.5 was sent: write "100.50"'
)


@pytest.fixture(autouse=True)
def _whole_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "width", PLAIN_WIDTH)


PERIOD = "data.gestionnaire.centre_social_agrement"
MISSPELT = "missing; 'signedOn' is unknown: did you mean 'signed_on'?"
DAY = "text (a date of 1900 to 2099, 2025-07-10)"
CAF = (
    "text (the code of a departmental fund, 761 for Seine-Maritime); 771 was sent: put it in"
    ' quotes, "771"'
)
YEARS = (
    "text (two years that follow each other, 2025-2026: from 1 September to 31 August), such as"
    ' "2025-2026"'
)
ORDER = (
    "text (a producer's identifier: 1 to 100 ASCII letters, digits and ._:/-, a letter or digit"
    ' first), such as "ORD-1"'
)


def judged(content: bytes) -> list[Verdict]:
    return list(verdicts(split(content), LIMIT))


def text_lines(*words: str, code: int, stdin: bytes = b"") -> tuple[str, str]:
    result = CliRunner().invoke(app, ["conformance", *words], input=stdin)
    assert result.exit_code == code, (result.output, result.exception)
    return result.stdout, result.stderr


def test_a_publisher_that_read_the_contract_conforms() -> None:
    result = judged(partners.valid_events())

    assert [(each.line, each.event, each.routing_key) for each in result] == [
        (1, "ConventionSigned", "ConventionSigned.v1.771"),
        (2, "AdvanceOrdered", "AdvanceOrdered.v1.771"),
        (3, "WithdrawalRequested", "WithdrawalRequested.v1.771"),
    ]
    assert all(each.conforms and not each.warnings for each in result)


def test_a_publisher_that_guessed_is_told_all_its_faults_and_what_it_meant() -> None:
    good, signed, misspelt, ordered, reused, internal = judged(partners.invalid_events())

    assert good.conforms
    assert messages(signed) == [f"data.signed_on: {MISSPELT}"]
    assert [str(each) for each in signed.warnings] == [
        "data.signedOn: unknown field, ignored; did you mean 'signed_on'?"
    ]
    assert messages(misspelt)[0].startswith(
        "type: unknown event type 'fr.caf.clas.ConventionSigne.v1'; the nearest known one is"
        " 'fr.caf.clas.ConventionSigned.v1' (routing key ConventionSigned.v1.<caf>), then "
    )
    assert [str(each) for each in misspelt.warnings] == [
        "type: did you mean 'fr.caf.clas.ConventionSigned.v1'?"
    ]
    assert messages(ordered) == [
        f"data.caf: expected {CAF}",
        f"data.school_year: missing; expected {YEARS}",
        f"data.order_id: missing; expected {ORDER}",
        "data.exercise: missing; 'exercice' is unknown: did you mean 'exercise'?",
        f"data.amount: {MONEY}",
        f'data.ordered_on: missing; expected {DAY}, such as "2025-11-20"',
    ]
    assert [str(each) for each in ordered.warnings] == [
        "data.exercice: unknown field, ignored; did you mean 'exercise'?"
    ]
    assert messages(reused) == ["id: line 2 has this source and id with other content"]
    assert messages(internal) == [
        "type: an internal message of accounting: no partner publishes it"
    ]
    assert not any(each.conforms for each in (signed, misspelt, ordered, reused, internal))


def messages(verdict: Verdict) -> list[str]:
    return [str(each) for each in verdict.errors]


def test_an_event_that_partners_consume_conforms_whoever_made_it_and_whatever_was_added() -> None:
    old, new = judged(partners.accounting_events())

    assert old.conforms
    assert new.conforms
    assert old.routing_key == "AccountingEntryPosted.v1.771"
    assert old.warnings == ()
    assert [str(each) for each in new.warnings] == ["data.settlement: unknown field, ignored"]


@pytest.mark.parametrize(
    ("content", "path", "message"),
    [
        (b"{", "", "not JSON: "),
        (b"[1]", "", "expected a JSON object"),
        (b"\xff\xfe{\x00}\x00", "", "not UTF-8: byte 1 is no part of a character"),
        (b'{"x": 1}', "type", "missing; expected the type of an event, such as"),
    ],
)
def test_what_is_no_event_has_its_verdict_too(content: bytes, path: str, message: str) -> None:
    (result,) = judged(content)

    assert not result.conforms
    assert result.event == "?"
    assert result.routing_key is None
    assert result.errors[0].path == path
    assert result.errors[0].message.startswith(message)


def test_what_resembles_nothing_is_only_ignored() -> None:
    event = json.loads(partners.valid_events().splitlines()[0])
    event |= {"correlationId": "x", "myextension": "y"}
    event["data"] |= {"remarque": "z"}

    (result,) = judged(json.dumps(event).encode())

    assert result.conforms
    assert [str(each) for each in result.warnings] == [
        "correlationId: unknown field, ignored; did you mean 'correlationid'?",
        "data.remarque: unknown field, ignored",
    ]


def test_fields_are_looked_at_wherever_they_stand() -> None:
    sample = next(each for each in read_samples() if each.name == "dossier-complet")
    body = json.loads(sample.bytes({}))
    body["data"]["project"]["objectives"]["AXE-T1"] = "Une action libre"
    body["data"]["project"]["coordinator"]["diplomalevel"] = 6
    body["data"]["collectifs"][0]["childs"] = 10
    body["data"]["gestionnaire"]["centre_social_agrement"] = {"from": "2024-01-01", "till": "2027"}

    (result,) = judged(json.dumps(body).encode())

    assert [str(each) for each in result.errors] == [
        f'{PERIOD}.to: missing; expected {DAY}, such as "2027-12-31"'
    ]
    assert sorted(str(each) for each in result.warnings) == [
        "data.collectifs.0.childs: unknown field, ignored",
        "data.gestionnaire.centre_social_agrement.till: unknown field, ignored",
        "data.project.coordinator.diplomalevel: unknown field, ignored",
    ]


def test_the_command_tells_each_event_and_how_it_must_travel(tmp_path: Path) -> None:
    file = tmp_path / "careful.jsonl"
    file.write_bytes(partners.valid_events())

    out, err = text_lines(str(file), code=0)

    assert "   2  AdvanceOrdered       toy-2  conforms  AdvanceOrdered.v1.771" in out
    assert f"{file}: 3 events, all conform." in out
    assert (
        "Publish to the exchange clas.events with: content_type = application/cloudevents+json, "
        "delivery_mode = 2, message_id = that of the event." in out
    )
    assert err == ""


def test_the_command_fails_where_one_event_does_not_conform(tmp_path: Path) -> None:
    good, bad = tmp_path / "careful.jsonl", tmp_path / "sloppy.json"
    good.write_bytes(partners.valid_events())
    bad.write_bytes(partners.invalid_events())

    out, err = text_lines(str(good), str(bad), code=1)
    line = judged(partners.invalid_events())[1].line

    assert f"{bad}: 6 events, 5 do not conform." in out
    one_line = " ".join(err.split())
    assert f"clas: {bad}, line {line}: data.signed_on: {MISSPELT}" in one_line
    assert f"{bad}, line {line}: warning: data.signedOn: unknown field, ignored;" in one_line


def test_a_file_that_is_empty_or_absent_stops_no_other(tmp_path: Path) -> None:
    good, empty, absent = (tmp_path / name for name in ("good.jsonl", "empty.json", "absent.json"))
    good.write_bytes(partners.valid_events())
    empty.touch()

    out, err = text_lines(str(empty), str(absent), str(good), code=2)
    assert f"{good}: 3 events, all conform." in out
    assert err.splitlines() == [
        f"clas: {absent} cannot be read: No such file or directory",
        f"clas: {empty} holds no event",
    ]

    report = json.loads(text_lines(str(empty), str(good), "--json", code=1)[0])
    assert report["conforms"] is False
    assert [(each["fault"], len(each["events"])) for each in report["files"]] == [
        ("holds no event", 0),
        (None, 3),
    ]


def test_publish_warns_of_the_same_fields(tmp_path: Path) -> None:
    event = json.loads(partners.valid_events().splitlines()[0])
    event["data"]["signed_onn"] = event["data"]["remarque"] = "x"
    file = tmp_path / "event.json"
    file.write_text(json.dumps(event))

    done = CliRunner().invoke(app, ["publish", "--check", str(file)])

    assert done.exit_code == 0
    assert f"1 event in {file} fits." in done.stdout
    assert done.stderr.splitlines() == [
        "clas: line 1: warning: data.signed_onn: unknown field, ignored",
        "clas: line 1: warning: data.remarque: unknown field, ignored",
    ]


def test_publish_counts_one_event_in_the_singular(tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_text('{"x": 1}')

    done = CliRunner().invoke(app, ["publish", "--check", str(file)])

    assert done.exit_code == 1
    assert f"{file}: 1 of 1 event does not fit; nothing was sent" in done.stderr


def test_a_program_reads_the_same_as_json() -> None:
    out, err = text_lines("-", "--json", code=1, stdin=partners.invalid_events())
    report = json.loads(out)

    assert err == ""
    assert report["conforms"] is False
    (file,) = report["files"]
    assert file["file"] == "-"
    assert [each["conforms"] for each in file["events"]] == [True, *[False] * 5]
    assert file["events"][1]["errors"] == [{"path": "data.signed_on", "message": MISSPELT}]

    report = json.loads(text_lines("-", "--json", code=0, stdin=partners.accounting_events())[0])
    assert report["conforms"] is True
    assert report["files"][0]["events"][1] == {
        "line": 2,
        "event": "AccountingEntryPosted",
        "id": "toy-2",
        "conforms": True,
        "exchange": "clas.events",
        "routing_key": "AccountingEntryPosted.v1.771",
        "properties": {
            "content_type": "application/cloudevents+json",
            "delivery_mode": 2,
            "message_id": "toy-2",
        },
        "errors": [],
        "warnings": [{"path": "data.settlement", "message": "unknown field, ignored"}],
    }


def test_only_one_thing_is_asked_at_a_time(tmp_path: Path) -> None:
    for words in ((), ("-", "--run"), ("--run", "--kit", str(tmp_path))):
        assert "give files to check, or --kit DIR, or --run" in text_lines(*words, code=2)[1]
    assert "- holds no event" in text_lines("-", code=1, stdin=b" \n")[1]
    assert "cannot be read" in text_lines(str(tmp_path / "absent"), code=2)[1]
    assert "three digits" in text_lines("--run", "--caf", "76", code=2)[1]


def test_of_a_long_file_the_table_has_what_deserves_a_look(tmp_path: Path) -> None:
    good, wrong = partners.valid_events().splitlines()[0], b'{"specversion": "1.0"}'
    events = [json.dumps(json.loads(good) | {"id": f"e-{n}"}).encode() for n in range(1_000)]
    file = tmp_path / "long.jsonl"
    file.write_bytes(b"\n".join([*events, wrong]))

    out, _ = text_lines(str(file), code=1)

    assert "e-0 " not in out
    assert "does not conform" in out
    assert "… and 1,000 more events; --json has them all." in out
    assert "1,001 events, 1 does not conform." in out
