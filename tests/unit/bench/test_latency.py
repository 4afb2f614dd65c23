"""What is reported of waits: percentiles, and when a fault was over."""

from math import inf

import pytest

from tests.bench.latency import Deposit, evening, recovery


def test_a_share_of_all_waits_lies_within_the_percentile() -> None:
    deposits = [Deposit(confirmed_at=0.0, assessed_at=float(second)) for second in range(1, 101)]

    measured = evening(deposits, seconds=10, ended_at=500.0)

    assert (measured.p50, measured.p95, measured.p99, measured.longest) == (50, 95, 99, 100)
    assert (measured.rate, measured.missing) == (10, 0)


def test_what_was_never_assessed_waited_until_the_end() -> None:
    measured = evening([Deposit(1.0, 1.5), Deposit(2.0, inf)], seconds=1, ended_at=60.0)

    assert (measured.missing, measured.longest) == (1, 58.0)


def test_an_assessment_may_overtake_the_confirm() -> None:
    assert Deposit(confirmed_at=2.0, assessed_at=1.9).wait(now=3.0) == 0.0


@pytest.mark.parametrize(
    ("assessed_at", "seconds"),
    [
        pytest.param(11.9, 0.0, id="never late"),
        pytest.param(17.0, 7.0, id="until the last late one"),
        pytest.param(inf, 50.0, id="until the end"),
    ],
)
def test_a_service_has_recovered_when_nothing_waits_too_long(
    assessed_at: float, seconds: float
) -> None:
    late_before_the_kill = Deposit(1.0, 8.0)
    deposits = [late_before_the_kill, Deposit(10.0, assessed_at), Deposit(20.0, 20.1)]

    assert recovery("submission", deposits, killed_at=10.0, ended_at=60.0).seconds == seconds
