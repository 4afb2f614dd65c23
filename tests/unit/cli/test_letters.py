"""Dead letters in words, and what is sent again."""

import hashlib
from types import SimpleNamespace
from typing import Any

import pytest

from services.cli.dead_letters.view import body_of, errors_of, matching_ids, summarise
from shared.contracts.event_file import event_name
from shared.kernel.settings import Settings
from shared.rabbitmq.dead_letter_queue import DeadLetter
from tests.support import samples
from tests.unit.cli.builders import body

ORDER = body(samples.advance_order(), "o1")
KEY = "AdvanceOrdered.v1.761"


def letter(content: bytes = ORDER, message_id: str | None = "o1", **headers: Any) -> DeadLetter:
    """Return a letter as the broker gives it; `_` stands for `-` in headers."""
    texts = {name.replace("_", "-"): value for name, value in headers.items()}
    message: Any = SimpleNamespace(
        body=content, message_id=message_id, headers=texts, routing_key="clas.funding.dead-letters"
    )
    return DeadLetter(message)


def test_what_is_sent_again_keeps_its_bytes_and_counts_one_replay_more() -> None:
    again = letter(clas_routing_key=KEY, clas_replay=2, clas_reason="poison").redrive_message()

    assert (again.body, again.routing_key, again.message_id) == (ORDER, KEY, "o1")
    assert again.headers == {"clas-routing-key": KEY, "clas-replay": 3}


def test_a_letter_that_the_broker_moved_is_known_by_what_the_broker_noted() -> None:
    death = {"reason": "delivery_limit", "routing-keys": [KEY], "queue": "clas.funding"}
    moved = letter(x_death=[death])

    assert moved.reason == "delivery_limit"
    assert moved.redrive_message().routing_key == KEY
    assert moved.redrive_message().headers["clas-replay"] == 1


def test_a_letter_without_message_id_is_known_by_its_event_or_by_its_hash() -> None:
    assert letter(message_id=None).id == "o1"
    assert letter(b"?", message_id=None).id == hashlib.sha256(b"?").hexdigest()


@pytest.mark.parametrize("count", [True, "3", None])
def test_a_count_of_replays_that_is_none_counts_as_zero(count: Any) -> None:
    assert letter(clas_replay=count).replay == 0


def test_a_summary_says_what_would_happen_today() -> None:
    settings = Settings()
    fine = letter(
        clas_routing_key=KEY,
        clas_reason="poison",
        clas_errors='[{"path":"","message":"KeyError: x"}]',
    )
    astray = letter(clas_routing_key="AdvanceOrdered.v1.451", clas_reason="disagrees")

    text = summarise(fine, "funding", settings)
    assert (text.event, text.reason, text.error) == ("AdvanceOrdered", "poison", "KeyError: x")
    assert text.verdict_now == "fits the contract"
    assert summarise(astray, "funding", settings).verdict_now == "refused again: disagrees"


@pytest.mark.parametrize(
    ("errors", "lines"),
    [
        ('[{"path": "data.caf", "message": "no"}]', ["data.caf: no"]),
        ("[]", []),
        ("not json", ["not json"]),
        ("[1]", ["[1]"]),
    ],
)
def test_errors_are_told_whoever_wrote_them(errors: str, lines: list[str]) -> None:
    assert errors_of(letter(clas_errors=errors)) == lines


def test_a_body_is_shown_as_json_or_in_hexadecimal() -> None:
    assert list(body_of('{"a": ["é"]}'.encode())) == ["{", '  "a": [', '    "é"', "  ]", "}"]
    assert list(body_of(b"\xff\x1b[31m" + b"z" * 12)) == [
        "000000  ff 1b 5b 33 31 6d 7a 7a 7a 7a 7a 7a 7a 7a 7a 7a  ..[31mzzzzzzzzzz",
        "000010  7a 7a                                            zz",
    ]
    assert list(body_of(b"\xff" * 5_000))[-1] == "… 904 more bytes"


@pytest.mark.parametrize(
    ("content", "name"),
    [(ORDER, "AdvanceOrdered"), (b"?", "?"), (b"[]", "?"), (b'{"type": 3}', "?")],
)
def test_an_event_is_named_as_far_as_it_can_be_read(content: bytes, name: str) -> None:
    assert event_name(content) == name


def test_an_id_is_itself_before_it_is_the_beginning_of_others() -> None:
    assert matching_ids("a", ["a", "ab", "b"]) == ["a"]
    assert matching_ids("a", ["ab", "ac", "b"]) == ["ab", "ac"]
    assert matching_ids("c", ["ab"]) == []
