"""`clas doctor`: the state of servers, topology and queues, with remedies."""

from services.cli.doctor.probes import probe_broker, probe_database
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import Code, add, fail, new_table, show

STYLES = {"ok": "", "warn": "yellow", "fail": "red"}


def doctor() -> None:
    """Look at the servers, the topology, the dead letters and the outboxes.

    Each line is ok, warn or fail, with the way out. Exit code 1 if any line is fail, an
    unreachable server too.
    """
    settings = load_settings()
    results = [
        *run_async(probe_broker(settings), settings),
        *run_async(probe_database(settings), settings),
    ]
    table = new_table("", "what", "found", "way out")
    for result in results:
        add(
            table,
            result.state,
            result.subject,
            result.detail,
            result.remedy,
            style=STYLES[result.state],
        )
    show(table)
    if failed := [result.subject for result in results if result.state == "fail"]:
        fail(f"not in order: {', '.join(failed)}", Code.WRONG)
