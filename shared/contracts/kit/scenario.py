"""The messages that fit, in the order of play: each event that partners send, and its answers.

They are one story on one Caf that can be told again and again: what is decided depends on no
earlier run. So no exercise that holds entries is closed, and no bareme is published that is not
known everywhere: prices are national.
"""

from shared.contracts.kit.deposits import DECISIONS, DEPOSITS
from shared.contracts.kit.drafts import Draft
from shared.contracts.kit.payments import ACCOUNTS, DELIVERIES, PAYMENTS, REPEATED

SCENARIO: tuple[Draft, ...] = (*DEPOSITS, *DECISIONS, *PAYMENTS, *ACCOUNTS, *DELIVERIES, *REPEATED)
