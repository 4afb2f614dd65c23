"""``python -m deploy.embedded``: run the two servers until Ctrl-C, and say how to reach them."""

import signal
import sys
from contextlib import suppress

from deploy.embedded.choice import AMQP_VARIABLE, MONGO_VARIABLE, ServersUnavailableError, servers
from deploy.embedded.server import ServerFailedError


def main() -> None:
    """Return when interrupted; exit with the reason when there are no servers to run."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        _serve()
    except (ServersUnavailableError, ServerFailedError) as error:
        sys.exit(str(error))


def _serve() -> None:
    with servers() as addresses, suppress(KeyboardInterrupt):
        print(f"export {AMQP_VARIABLE}='{addresses.amqp_url}'")
        print(f"export {MONGO_VARIABLE}='{addresses.mongo_url}'", flush=True)
        signal.pause()


if __name__ == "__main__":
    main()
