"""The messages that fit, in the order of play: each event that partners send, and its answers.

They are one story on one Caf that can be told again and again: what is decided depends on no
earlier run. So no exercise that holds entries is closed, and no bareme is published that is not
known everywhere: prices are national.
"""

from shared.partner_kit.builder import SampleDraft
from shared.partner_kit.deposits import DECISIONS, DEPOSITS
from shared.partner_kit.payments import ACCOUNTS, DELIVERIES, PAYMENTS, REPEATED

SCENARIO: tuple[SampleDraft, ...] = (
    *DEPOSITS,
    *DECISIONS,
    *PAYMENTS,
    *ACCOUNTS,
    *DELIVERIES,
    *REPEATED,
)
