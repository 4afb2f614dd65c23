"""The valid messages in the order of play: each event that partners send, with its answers.

They form one scenario on one Caf, which can be run repeatedly: no decision depends on an earlier
run. So no exercise with entries is closed, and only a bareme that is in force everywhere is
published, since prices are national.
"""

from shared.partner_kit.builder import SampleDraft
from shared.partner_kit.deposits import DECISIONS, DEPOSITS
from shared.partner_kit.payments import ACCOUNTS, DELIVERIES, PAYMENTS, REPEATED
from shared.partner_kit.reopening import REOPENING

SCENARIO: tuple[SampleDraft, ...] = (
    *DEPOSITS,
    *DECISIONS,
    *PAYMENTS,
    *ACCOUNTS,
    *DELIVERIES,
    *REPEATED,
    *REOPENING,
)
