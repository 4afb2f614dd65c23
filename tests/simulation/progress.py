"""How far a long run of seeds has come, in a small file from which it can be resumed."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

SAVED_EVERY = 50


@dataclass
class Progress:
    """The seeds that were played (`first` to `next` - 1), and the faults of some."""

    first: int
    next: int
    faults: dict[int, str] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path | None, first: int) -> Self:
        """Return the progress of a run that began at `first`, or that of a new one."""
        if path is None or not path.exists():
            return cls(first, first)
        saved = json.loads(path.read_text())
        if saved["first"] != first:
            return cls(first, first)
        faults = {int(seed): fault for seed, fault in saved["faults"].items()}
        return cls(first, saved["next"], faults)

    def save(self, path: Path | None) -> None:
        """Write it to its file."""
        if path:
            path.write_text(json.dumps(asdict(self)))
