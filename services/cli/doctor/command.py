"""`clas doctor`: what is right, what is not, and the way out."""

from services.cli.doctor.probes import probe_broker, probe_database
from shared.console.runtime import load_settings, run_async
from shared.console.terminal import Code, add, fail, new_table, show

STYLES = {"ok": "", "warn": "yellow", "fail": "red"}


def doctor() -> None:
    """Look at the servers, the topology, the dead letters and the outboxes.

    Each line is ok, warn or fail, with the way out. Exit code 1 if any line is fail, an
    unreachable server too.
    """
    known = load_settings()
    checks = [*run_async(probe_broker(known), known), *run_async(probe_database(known), known)]
    table = new_table("", "what", "found", "way out")
    for check in checks:
        add(table, check.state, check.what, check.found, check.way_out, style=STYLES[check.state])
    show(table)
    if wrong := [check.what for check in checks if check.state == "fail"]:
        fail(f"not in order: {', '.join(wrong)}", Code.WRONG)
