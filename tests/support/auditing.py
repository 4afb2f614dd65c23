"""An audit of stored documents, at a moment when nothing is in transit any more."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from services.cli.check.command import SCANNERS
from shared.audit.run import open_audit
from shared.audit.scanner import AuditState, Scope
from shared.kernel.settings import Settings

LATER = timedelta(hours=1)
"""No event is in transit after that time."""


async def audit(
    settings: Settings, scope: Scope | None = None, queues: Mapping[str, int] | None = None
) -> AuditState:
    """Return the results of all checks in scope; `queues` are queue lengths by service."""
    async with open_audit(settings, scope or Scope(), SCANNERS) as opened:
        return await opened.run(datetime.now(UTC) + LATER, queues or {}, lambda _: None)
