"""The plans of the queries that a block runs, from MongoDB's profiler."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pymongo import MongoClient

Document = dict[str, Any]
PROFILE, PROFILE_BYTES = "system.profile", 64 * 1024 * 1024
OFF, EVERYTHING = 0, 2


@dataclass(frozen=True, slots=True)
class Plan:
    """One operation: its plan, and the documents and index keys it examined and returned."""

    collection: str
    command: Document
    summary: str
    documents: int
    keys: int
    returned: int
    sorted_in_memory: bool

    @property
    def scans_collection(self) -> bool:
        """Whether no index was used."""
        return "COLLSCAN" in self.summary

    def __str__(self) -> str:
        """Return it for the message of a failed test."""
        sorting = ", sorted in memory" if self.sorted_in_memory else ""
        figures = f"{self.documents} documents, {self.keys} keys, {self.returned} returned"
        return f"{self.collection}: {self.summary}: {figures}{sorting}: {self.command}"


@dataclass(slots=True)
class Profiler:
    """The profiler of some databases."""

    client: MongoClient[Document]
    databases: Sequence[str]
    plans: list[Plan] = field(default_factory=list)

    @contextmanager
    def recording(self) -> Iterator[list[Plan]]:
        """Yield a list, which holds the plans of the block after its end."""
        plans: list[Plan] = []
        for name in self.databases:
            database = self.client[name]
            database.drop_collection(PROFILE)
            database.create_collection(PROFILE, capped=True, size=PROFILE_BYTES)
            database.command("profile", EVERYTHING)
        try:
            yield plans
        finally:
            for name in self.databases:
                self.client[name].command("profile", OFF)
        for name in self.databases:
            operations = self.client[name][PROFILE].find({"planSummary": {"$exists": True}})
            plans += [_plan(each) for each in operations]


def _plan(operation: Document) -> Plan:
    command: Document = operation.get("originatingCommand") or operation["command"]
    return Plan(
        collection=operation["ns"].partition(".")[2],
        command={
            name: part
            for name, part in command.items()
            if name not in {"lsid", "$clusterTime", "$db", "txnNumber", "readConcern"}
        },
        summary=operation["planSummary"],
        documents=operation.get("docsExamined", 0),
        keys=operation.get("keysExamined", 0),
        returned=operation.get("nreturned") or operation.get("nMatched") or 0,
        sorted_in_memory=operation.get("hasSortStage", False),
    )
