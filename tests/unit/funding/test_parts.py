"""Parts N and N+1, ceilings of advances, and what each exercise is charged."""

import pytest

from tests.unit.funding.builders import BOTH, euros, funded, project


@pytest.mark.parametrize(
    ("cost", "part_n", "part_n1"),
    [
        ("9000.00", "1103.30", "1654.95"),
        ("8000.00", "1040.00", "1560.00"),
        ("0.02", "0.00", "0.01"),  # 0.004 and the rest
        ("0.20", "0.03", "0.04"),  # 0.028 and the rest
        ("1000.02", "130.00", "195.01"),  # 130.004 and the rest
    ],
)
def test_part_n_is_four_tenths_and_part_n1_the_rest(cost: str, part_n: str, part_n1: str) -> None:
    funding = funded(project(cost))

    assert (funding.part_n, funding.part_n1) == euros(part_n, part_n1)


@pytest.mark.parametrize(
    ("cost", "first", "second"),
    [
        ("9000.00", "772.31", "1158.46"),  # 1158.465 is rounded down
        ("8000.00", "728.00", "1092.00"),
        ("0.20", "0.01", "0.02"),  # 0.0196 and 0.0294
        ("0.02", "0.00", "0.00"),
    ],
)
def test_ceilings_of_advances_are_28_and_42_percent_of_the_ps_rounded_down(
    cost: str, first: str, second: str
) -> None:
    funding = funded(project(cost))

    assert (funding.advance_ceiling_n, funding.advance_ceiling_n1) == euros(first, second)


def test_bonuses_enter_neither_the_parts_nor_the_ceilings() -> None:
    funding = funded(project("9000.00", bonuses=BOTH))

    assert (funding.part_n, funding.part_n1) == euros("1103.30", "1654.95")
    assert (funding.advance_ceiling_n, funding.advance_ceiling_n1) == euros("772.31", "1158.46")


@pytest.mark.parametrize(
    ("cost", "bonuses", "charges"),
    [
        ("9000.00", BOTH, [(2025, "1103.30"), (2026, "2288.95")]),
        ("9000.00", (), [(2025, "1103.30"), (2026, "1654.95")]),
        ("0.02", (), [(2026, "0.01")]),
        ("0.02", BOTH, [(2026, "634.01")]),
        ("0.00", BOTH, []),
    ],
)
def test_the_bonuses_weigh_on_the_second_exercise_and_one_charged_nothing_is_left_out(
    cost: str, bonuses: tuple[str, ...], charges: list[tuple[int, str]]
) -> None:
    funding = funded(project(cost, bonuses=bonuses))

    assert [(c.exercise, str(c.amount)) for c in funding.envelopes] == charges
    assert {charge.status for charge in funding.envelopes} <= {"unchecked"}
