"""Accounting's handlers: each event with the states it requires and its decision."""

from services.accounting.domain.acknowledgements import EntryAcknowledgement
from services.accounting.domain.adjustments import book_adjustment
from services.accounting.domain.advances import book_advance, reverse_advance
from services.accounting.domain.balances import cancel_funding, settle_balance
from services.accounting.domain.books import Books
from services.accounting.domain.chart import Chart, Parameters, StatisticalCodes
from services.accounting.domain.closing import Closing, close_exercise, states_of_closing
from services.accounting.domain.closing_process import continue_closing, states_of_page
from services.accounting.domain.entries import Entry
from services.accounting.domain.funding_events import record_amendment, record_grant
from services.accounting.domain.grants import Grant
from services.accounting.domain.metrics import GAUGES
from services.accounting.domain.posting import states_of_posting
from services.accounting.domain.replies import ACKNOWLEDGEMENT, REJECTION, states_of_reply
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
from shared.kernel.parameters import load
from shared.kernel.service import Handler, Service

FOLDER = "services.accounting.parameters"

SERVICE = Service(
    name="accounting",
    handlers=(
        Handler(event=FundingGranted, required_states=states_of_posting, decide=record_grant),
        Handler(event=FundingAmended, required_states=states_of_posting, decide=record_amendment),
        Handler(event=FundingCancelled, required_states=states_of_posting, decide=cancel_funding),
        Handler(event=AdvanceGranted, required_states=states_of_posting, decide=book_advance),
        Handler(event=AdvanceReversed, required_states=states_of_posting, decide=reverse_advance),
        Handler(event=BalanceSettled, required_states=states_of_posting, decide=settle_balance),
        Handler(event=AdjustmentDecided, required_states=states_of_posting, decide=book_adjustment),
        Handler(event=ExerciseClosed, required_states=states_of_closing, decide=close_exercise),
        Handler(event=ClosingContinued, required_states=states_of_page, decide=continue_closing),
        Handler(event=EntryAcknowledged, required_states=states_of_reply, decide=ACKNOWLEDGEMENT),
        Handler(event=EntryRejected, required_states=states_of_reply, decide=REJECTION),
    ),
    states=(Books, Grant, Entry, Closing, EntryAcknowledgement),
    parameters=Parameters(
        chart=load(FOLDER, "chart", Chart),
        statistics=load(FOLDER, "statistical_codes", StatisticalCodes),
    ),
    gauges=GAUGES,
)
