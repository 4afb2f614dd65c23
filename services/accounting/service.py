"""The table of accounting: what it listens to, what each event touches, what decides."""

from services.accounting.domain.acknowledgements import Delivery
from services.accounting.domain.adjustments import book_adjustment
from services.accounting.domain.advances import book_advance, reverse_advance
from services.accounting.domain.balances import cancel_funding, settle_balance
from services.accounting.domain.books import Books
from services.accounting.domain.chart import Chart, Parameters, StatisticalCodes
from services.accounting.domain.closing import Closing, close_exercise, reads_closing
from services.accounting.domain.closing_process import continue_closing, reads_page
from services.accounting.domain.entries import Entry
from services.accounting.domain.funding_events import learn_amendment, learn_grant
from services.accounting.domain.grants import Grant
from services.accounting.domain.metrics import GAUGES
from services.accounting.domain.posting import reads_grant
from services.accounting.domain.replies import acknowledge, reads_reply, reject
from shared.contracts.accounting import ClosingContinued
from shared.contracts.accounting_systems import EntryAcknowledged, EntryRejected
from shared.contracts.caf import ExerciseClosed
from shared.contracts.funding import (
    AdjustmentDecided,
    AdvanceGranted,
    AdvanceReversed,
    BalanceSettled,
    FundingAmended,
    FundingCancelled,
    FundingGranted,
)
from shared.kernel.decision import Handler, Service
from shared.kernel.parameters import load

FOLDER = "services.accounting.parameters"

SERVICE = Service(
    name="accounting",
    handlers=(
        Handler(event=FundingGranted, reads=reads_grant, decide=learn_grant),
        Handler(event=FundingAmended, reads=reads_grant, decide=learn_amendment),
        Handler(event=FundingCancelled, reads=reads_grant, decide=cancel_funding),
        Handler(event=AdvanceGranted, reads=reads_grant, decide=book_advance),
        Handler(event=AdvanceReversed, reads=reads_grant, decide=reverse_advance),
        Handler(event=BalanceSettled, reads=reads_grant, decide=settle_balance),
        Handler(event=AdjustmentDecided, reads=reads_grant, decide=book_adjustment),
        Handler(event=ExerciseClosed, reads=reads_closing, decide=close_exercise),
        Handler(event=ClosingContinued, reads=reads_page, decide=continue_closing),
        Handler(event=EntryAcknowledged, reads=reads_reply, decide=acknowledge),
        Handler(event=EntryRejected, reads=reads_reply, decide=reject),
    ),
    states=(Books, Grant, Entry, Closing, Delivery),
    parameters=Parameters(
        chart=load(FOLDER, "chart", Chart),
        statistics=load(FOLDER, "statistical_codes", StatisticalCodes),
    ),
    gauges=GAUGES,
)
