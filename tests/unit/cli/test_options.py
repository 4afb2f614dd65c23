"""Values of options that cannot be read: what was typed, and what is expected."""

import re
from datetime import date

import pytest
from typer import BadParameter
from typer.testing import CliRunner

from services.cli.__main__ import app
from shared.console import options

PLAIN = re.compile(r"[│╭╮╰╯─\s]+")
COMMITTEE = ("report", "committee", "--school-year", "2025-2026")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("report", "waiting", "--caf", "761", "--on", "01/10/2025"),
            "'01/10/2025' is no day, such as 2025-10-01",
        ),
        (
            (*COMMITTEE, "--caf", "76"),
            "'76' is no code of a Caf: three digits, such as 761",
        ),
        (
            ("simulate", "--school-year", "2025-2026", "--plafond", "9000,5"),
            "'9000,5': expected euros, such as 9000.00",
        ),
        (
            ("close", "--caf", "761", "--exercise", "2025", "--closed-on", "hier"),
            "'hier' is no day, such as 2025-10-01",
        ),
    ],
)
def test_a_value_that_cannot_be_read_names_what_is_expected(
    words: tuple[str, ...], message: str
) -> None:
    done = CliRunner().invoke(app, list(words))

    assert done.exit_code == 2
    assert message in PLAIN.sub(" ", done.output)


def test_a_day_is_read_as_one() -> None:
    assert options.day("2025-10-01") == date(2025, 10, 1)
    with pytest.raises(BadParameter):
        options.day("2025-02-30")
