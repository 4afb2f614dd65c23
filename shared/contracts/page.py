"""The page of the contract, for the people of ELAN, the Cafs and accounting systems."""

from collections.abc import Iterable, Iterator
from typing import Any

from shared.contracts.caf import ConventionSigned
from shared.contracts.envelope import Envelope, routing_key
from shared.contracts.registry import AWAITED, EVENTS, EventSpec
from shared.contracts.schema import Schema, file_of, meaning_of, schema_of, words
from shared.contracts.prose import AFTER, BEFORE
