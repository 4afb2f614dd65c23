"""services/parameters.lock: the digest of each published value, so that none changes unnoticed."""

from pathlib import Path

from tests.lock.values import ROOT, Values, digest, values

LOCK = Path("services/parameters.lock")
HEAD = "# Digests of the published parameters; `python -m tests.lock` adds new ones.\n"
WAY_OUT = (
    "A published value stands: give the new one under its own start year. If the published one was "
    "wrong, lock it again (python -m tests.lock --again {key}) with a line in CHANGELOG.md."
)
Digests = dict[str, str]


def digests(of: Values) -> Digests:
    """Return the digest of each value by `service/file@year`."""
    return {f"{file}@{year}": digest(it) for file, by in of.items() for year, it in by.items()}


def locked(root: Path = ROOT) -> Digests:
    """Return the digests of the lock; none where there is no lock yet."""
    if not (root / LOCK).exists():
        return {}
    lines = (root / LOCK).read_text(encoding="utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines if line and not line.startswith("#"))


def faults(root: Path = ROOT) -> list[str]:
    """Return a sentence for each value that changed, is gone, or is not locked yet."""
    now, stored = digests(values(root)), locked(root)
    return [
        *(
            f"{key} changed: locked {stored[key]}, now {now[key]}. {WAY_OUT.format(key=key)}"
            for key in stored
            if key in now and now[key] != stored[key]
        ),
        *(
            f"{key} is gone: locked {stored[key]}. Decisions were taken with it: put it back."
            for key in stored
            if key not in now
        ),
        *(f"{key} is not locked yet: run python -m tests.lock" for key in now if key not in stored),
    ]


def lock(root: Path = ROOT, *, again: str | None = None) -> None:
    """Add new values to the lock and replace only `again`; missing values stay, to be reported."""
    now, stored = digests(values(root)), locked(root)
    replaced = {again: now[again]} if again in now else {}
    rows = sorted((now | stored | replaced).items())
    text = HEAD + "".join(f"{key} {value}\n" for key, value in rows)
    (root / LOCK).write_text(text, encoding="utf-8")
