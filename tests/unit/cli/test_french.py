"""Amounts, days, lists; and text that cannot harm a terminal."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from shared.console.runtime import short
from shared.console.terminal import escape_control
from shared.french import counted, euros, figures, instant, listed, long_date, moment
from shared.kernel.settings import address


def test_euros_keep_their_spaces_together() -> None:
    assert euros(Decimal("2758.25")) == "2\u202f758,25\u00a0€"
    assert figures(Decimal("1234567.80")) == "1\u202f234\u202f567,80"
    assert figures(Decimal("-0.01")) == "-0,01"


def test_days_and_hours_are_those_of_paris() -> None:
    assert long_date(date(2025, 10, 7)) == "7 octobre 2025"
    assert long_date(date(2026, 1, 1)) == "1er janvier 2026"
    summer, winter = (
        datetime(2025, 8, 31, 22, 5, tzinfo=UTC),
        datetime(2025, 12, 31, 23, 4, 5, tzinfo=UTC),
    )
    assert instant(summer) == "1er septembre 2025 à 0 h 05"
    assert moment(winter) == "1er janvier 2026, 00:04:05"


def test_numbers_and_lists_read_well() -> None:
    assert counted(0, "enfant") == "0 enfant"
    assert counted(1, "enfant") == "1 enfant"
    assert counted(2, "écriture validée", "écritures validées") == "2 écritures validées"
    assert listed([]) == "aucun"
    assert listed(["CAF"]) == "CAF"
    assert listed(["CAF", "EN", "DDETS"]) == "CAF, EN et DDETS"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("École, 2\u202f758,25\u00a0€\n• d’été", "École, 2\u202f758,25\u00a0€\n• d’été"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x9b2J", "\\x9b2J"),
        ("a\u202eb", "a\\x202eb"),
        ("a\xadmis, \U0001f469\u200d\U0001f3eb", "a\xadmis, \U0001f469\u200d\U0001f3eb"),
        ("\ud800", "\\xd800"),
    ],
    ids=["text", "escape", "C1 control", "right-to-left", "accepted", "lone surrogate"],
)
def test_control_characters_are_written_out(text: str, shown: str) -> None:
    assert escape_control(text) == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("amqp://guest:secret@127.0.0.1:5672/vhost", "127.0.0.1:5672"),
        ("mongodb://u:p%40ss@h1:1,h2:2/?replicaSet=rs0", "h1:1,h2:2"),
        ("mongodb://h1?x=y@z", "z"),
        ("mongodb://h1:1?replicaSet=rs0", "h1:1"),
        ("amqp://guest:p@ss@h1:5672", "h1:5672"),
        ("mongodb://h1/?other=mongodb://h2", "h1"),
        ("h1:5672/vhost", "h1:5672"),
        ("", "(no host)"),
    ],
)
def test_an_address_never_shows_user_or_password(url: str, shown: str) -> None:
    assert address(url) == shown


def test_a_fault_is_shortened_to_its_first_line() -> None:
    assert short(OSError("gone (configured timeouts: 5 s), Timeout: 5s, Topology: …")) == "gone"
    assert short(OSError("one\ntwo")) == "one"
