"""Tells whether a closed ledger is as it was validated: python verify.py FILE.jsonl HEAD_HASH.

FILE comes from `clas export validated`, HEAD_HASH from the event ClosingCompleted.
"""

import hashlib
import json
import sys
from pathlib import Path

head, number = "", 0
with Path(sys.argv[1]).open(encoding="utf-8") as file:
    for number, line in enumerate(file, 1):
        entry = json.loads(line)
        data = entry["data"]
        head = head or hashlib.sha256(f"{data['caf']}|{data['exercise']}".encode()).hexdigest()
        text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        head = hashlib.sha256((head + text).encode()).hexdigest()
        expected = (number, head, data["dossier_id"])
        if (entry["sequence"], entry["hash"], entry["subject"]) != expected:
            sys.exit(f"line {number}: not the entry that was validated")
if head != sys.argv[2]:
    sys.exit(f"the chain ends with {head}: entries are missing, or all were made anew")
print(f"{number} entries, as they were validated")
