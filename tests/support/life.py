"""Valid requests after the grant, to be changed by tests, as in `samples`.

The years after the first, the accounts and the control, what a Caf or ELAN corrects, and what an
accounting system says of an entry.
"""

from shared.contracts.accounting_systems import EntryAcknowledged, EntryRejected
from shared.contracts.caf import ControlConcluded, EnvelopeAllotted
from shared.contracts.corrections import (
    AdvanceReversalOrdered,
    AgrementImported,
    AmendmentDecided,
    FundingCancellationOrdered,
)
from shared.contracts.elan import AnnualRenewalFiled, ResultAccountFiled, WithdrawalRequested
from shared.contracts.eligibility import AgrementAmended
from shared.examples import decisions, payments
from shared.examples.changes import Document
from tests.support.building import DOSSIER, build, example, with_values

ENTRY = payments.ENTRY_ID
SYSTEM = payments.SYSTEM

_WITHDRAWN: Document = {"effect": "withdrawn", "collectifs": [], "motive": "Cessation d'activité"}


def envelope_allotted(**changes: object) -> EnvelopeAllotted:
    """The credits of the Caf for 2025: 100 000 euros."""
    return example(EnvelopeAllotted, changes)


def annual_renewal_filed(**changes: object) -> AnnualRenewalFiled:
    """The second school year of the agrement, at the same cost; the past bilan is whole."""
    return example(AnnualRenewalFiled, changes)


def actual_collectif(**changes: object) -> Document:
    """Return the JSON of one collectif as it was, for a list of several."""
    (actual,) = payments.as_forecast(DOSSIER)["collectifs"]
    return with_values(actual, changes)


def result_account_filed(**changes: object) -> ResultAccountFiled:
    """The accounts of the school year: all ran as planned, at the forecast cost."""
    return example(ResultAccountFiled, changes)


def control_concluded(**changes: object) -> ControlConcluded:
    """A control that confirms the accounts; the gestionnaire answered."""
    return example(ControlConcluded, changes)


def withdrawal_requested(**changes: object) -> WithdrawalRequested:
    """The gestionnaire withdraws the dossier before the committee sits."""
    return example(WithdrawalRequested, changes)


def amendment_decided(**changes: object) -> AmendmentDecided:
    """The Caf withdraws the agrement from its own school year on."""
    return example(AmendmentDecided, changes, **_WITHDRAWN)


def agrement_amended(**changes: object) -> AgrementAmended:
    """What eligibility makes of that amendment: no school year is covered any more."""
    amended = {**decisions.amendment(DOSSIER), **_WITHDRAWN, "multi_year_until": None}
    return build(AgrementAmended, amended, changes)


def agrement_imported(**changes: object) -> AgrementImported:
    """An agrement of 2024 to 2027 that was decided before the system."""
    return example(AgrementImported, changes)


def advance_reversal_ordered(**changes: object) -> AdvanceReversalOrdered:
    """The advance ordered above was a mistake."""
    return example(AdvanceReversalOrdered, changes, ordered_on="2025-11-20")


def funding_cancellation_ordered(**changes: object) -> FundingCancellationOrdered:
    """The right will never be settled: no accounts came."""
    return example(FundingCancellationOrdered, changes)


def entry_acknowledged(**changes: object) -> EntryAcknowledged:
    """The accounting system of the Caf booked an entry under its own voucher number."""
    return example(EntryAcknowledged, changes)


def entry_rejected(**changes: object) -> EntryRejected:
    """The same system does not know the account of the entry's second line."""
    return example(EntryRejected, changes)
