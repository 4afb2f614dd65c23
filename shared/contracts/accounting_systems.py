"""What the accounting system of a Caf says of the entries that it receives."""

from typing import Annotated

from pydantic import Field

from shared.contracts.base import WireModel
from shared.contracts.common import CafScoped
from shared.contracts.types import LIST_LENGTH_MAX, WHOLE, Day, Id, Text

LineNumber = Annotated[int, Field(ge=1, le=LIST_LENGTH_MAX), WHOLE]


class RejectionReason(WireModel):
    """Why an entry cannot be booked, in the system's own code and words.

    `line` is the place of the line concerned in the entry's `lines`, from 1 on; without it the
    reason concerns the whole entry.
    """

    code: Id
    message: Text
    line: LineNumber | None = None


class EntryAcknowledged(CafScoped):
    """An accounting system has booked an entry; `reference` is its own voucher number."""

    entry_id: Id
    system: Id
    acknowledged_on: Day
    reference: Text | None


class EntryRejected(CafScoped):
    """An accounting system cannot book an entry, or takes back that it did."""

    entry_id: Id
    system: Id
    rejected_on: Day
    reasons: Annotated[tuple[RejectionReason, ...], Field(min_length=1, max_length=LIST_LENGTH_MAX)]
