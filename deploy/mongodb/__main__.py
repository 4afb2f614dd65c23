"""`python -m deploy.mongodb ADDRESS MEMBER`: make a node a replica set of one, once it is there."""

import sys
import time

from deploy.embedded.mongo import becomes_primary

WAIT_S_MAX = 90.0
POLL_S = 0.2


def main(address: str, member: str) -> None:
    """Return once the node at this address takes writes; end with exit code 1 if it never does.

    Args:
        address: host and port where we reach the node.
        member: host and port where the node reaches itself; clients are redirected there,
            unless they connect directly.
    """
    if not until_primary(address, member, WAIT_S_MAX):
        sys.exit(f"MongoDB at {address} takes no writes after {WAIT_S_MAX:.0f} s.")
    print(f"MongoDB at {address} is a replica set, and takes writes.")


def until_primary(address: str, member: str, wait_s_max: float) -> bool:
    """Wait until the node takes writes, and return whether it does."""
    deadline = time.monotonic() + wait_s_max
    while not becomes_primary(address, member=member):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True


if __name__ == "__main__":
    main(*sys.argv[1:])
