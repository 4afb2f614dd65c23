"""Tells whether a closed ledger is as it was validated: python verify.py FILE.jsonl HEAD_HASH.

FILE comes from `clas export validated`, HEAD_HASH from the event ClosingCompleted.
"""

import hashlib
import json
import sys
from pathlib import Path


def written(value: object) -> str:
    """Return JSON as the chain goes over it: two ways to write a thing could be read two ways."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


if not sys.argv[2:]:
    sys.exit(__doc__)
head, number = "", 0
with Path(sys.argv[1]).open(encoding="utf-8", newline="\n") as file:
    for number, line in enumerate(file, 1):
        data = json.loads(line)["data"]
        head = head or hashlib.sha256(f"{data['caf']}|{data['exercise']}".encode()).hexdigest()
        entry = {"type": "fr.caf.clas.AccountingEntryPosted.v1", "subject": data["dossier_id"]}
        entry |= {"sequence": number, "previous_hash": head, "data": data}
        head = hashlib.sha256((head + written(data)).encode()).hexdigest()
        if line != written(entry | {"hash": head}) + "\n":
            sys.exit(f"line {number}: not the entry that was validated")
if head != sys.argv[2]:
    sys.exit(f"the chain ends with {head}: entries are missing, or all were made anew")
print(f"{number} entries, as they were validated")
