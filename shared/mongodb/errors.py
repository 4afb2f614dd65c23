"""Errors of the driver as errors of the port, by the codes of MongoDB's `error_codes.yml`.

What is in no table may be the fault of a message or of the server: an UnexpectedStoreError.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from bson.errors import BSONError
from pymongo.errors import (
    BulkWriteError,
    ConfigurationError,
    ConnectionFailure,
    DocumentTooLarge,
    OperationFailure,
    PyMongoError,
)

from shared.kernel.ports import (
    ConflictError,
    ContentRejectedError,
    StoreError,
    StoreUnavailableError,
    UnexpectedStoreError,
)

UNKNOWN_RESULT = "UnknownTransactionCommitResult"
TRANSIENT = "TransientTransactionError"
CONFLICTS = {
    24: "LockTimeout",
    46: "LockBusy",
    112: "WriteConflict",
    117: "ConflictingOperationInProgress",
    225: "TransactionTooOld",
    239: "SnapshotTooOld",
    246: "SnapshotUnavailable",
    251: "NoSuchTransaction",
    256: "TransactionCommitted",
    267: "PreparedTransactionInProgress",
    290: "TransactionExceededLifetimeLimitSeconds",
    11000: "DuplicateKey",
}
CONTENT = {
    15: "Overflow",
    22: "InvalidBSON",
    52: "DollarPrefixedFieldName",
    53: "InvalidIdField",
    54: "NotSingleValueField",
    55: "InvalidDBRef",
    56: "EmptyFieldName",
    57: "DottedFieldName",
    121: "DocumentValidationFailure",
    171: "CannotIndexParallelArrays",
    257: "TransactionTooLarge",
    10334: "BSONObjectTooLarge",
    17280: "KeyTooLong",
    17419: "Location17419",
    17420: "Location17420",
}
"""The last two: a document is too large after an update."""
AWAY = {
    6: "HostUnreachable",
    7: "HostNotFound",
    11: "UserNotFound",
    13: "Unauthorized",
    18: "AuthenticationFailed",
    20: "IllegalOperation",
    43: "CursorNotFound",
    50: "MaxTimeMSExpired",
    59: "CommandNotFound",
    64: "WriteConcernFailed",
    76: "NoReplicationEnabled",
    79: "UnknownReplWriteConcern",
    89: "NetworkTimeout",
    91: "ShutdownInProgress",
    94: "NotYetInitialized",
    95: "NotSecondary",
    100: "UnsatisfiableWriteConcern",
    115: "CommandNotSupported",
    123: "NotAReplicaSet",
    133: "FailedToSatisfyReadPreference",
    134: "ReadConcernMajorityNotAvailableYet",
    148: "ReadConcernMajorityNotEnabled",
    189: "PrimarySteppedDown",
    202: "NetworkInterfaceExceededTimeLimit",
    211: "KeyNotFound",
    214: "AuthenticationRestrictionUnmet",
    216: "ElectionInProgress",
    237: "CursorKilled",
    238: "NotImplemented",
    261: "TooManyLogicalSessions",
    262: "ExceededTimeLimit",
    264: "TooManyFilesOpen",
    279: "ClientDisconnect",
    355: "InterruptedDueToStorageChange",
    371: "UserWritesBlocked",
    391: "ReauthenticationRequired",
    402: "ResourceExhausted",
    433: "AdmissionQueueOverflow",
    449: "RateLimitExceeded",
    9001: "SocketException",
    10107: "NotWritablePrimary",
    11600: "InterruptedAtShutdown",
    11601: "Interrupted",
    11602: "InterruptedDueToReplStateChange",
    13435: "NotPrimaryNoSecondaryOk",
    13436: "NotPrimaryOrSecondary",
    14031: "OutOfDiskSpace",
}
"""No message is the cause; 20: transactions on a server that is no replica set."""


@contextmanager
def map_driver_errors() -> Iterator[None]:
    """Raise a StoreError in place of what the driver raises."""
    try:
        yield
    except (BSONError, OverflowError, UnicodeEncodeError, DocumentTooLarge) as fault:
        raise ContentRejectedError(f"{type(fault).__name__}: {fault}"[:500]) from fault
    except PyMongoError as fault:
        raise _store_error(fault) from fault


def _store_error(fault: PyMongoError) -> StoreError:
    text = f"{type(fault).__name__}: {fault}"[:300]
    if isinstance(fault, ConnectionFailure | ConfigurationError):
        return StoreUnavailableError(text)
    if fault.has_error_label(UNKNOWN_RESULT):
        return StoreUnavailableError(text)
    if isinstance(fault, BulkWriteError):
        return _of_codes(_codes_of(fault.details), fault, text)
    code = fault.code if isinstance(fault, OperationFailure) else None
    return _of_codes([code], fault, text)


def _of_codes(codes: Iterable[Any], fault: PyMongoError, text: str) -> StoreError:
    """Return the error of these codes; a conflict among them is one of all, content needs all."""
    kinds = {_kind(code) for code in codes}
    if kinds <= {UnexpectedStoreError} and fault.has_error_label(TRANSIENT):
        return ConflictError(text)
    order = (ConflictError, StoreUnavailableError, UnexpectedStoreError, ContentRejectedError)
    return next((kind for kind in order if kind in kinds), UnexpectedStoreError)(text)


def _kind(code: Any) -> type[StoreError]:
    for codes, kind in TABLES:
        if code in codes:
            return kind
    return UnexpectedStoreError


TABLES = (
    (CONFLICTS, ConflictError),
    (CONTENT, ContentRejectedError),
    (AWAY, StoreUnavailableError),
)


def _codes_of(details: Any) -> list[Any]:
    """Return the codes of a bulk write: those of its writes, else those of its write concern."""
    errors = details.get("writeErrors") or details.get("writeConcernErrors") or []
    return [error.get("code") for error in errors]
