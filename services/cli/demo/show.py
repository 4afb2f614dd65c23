"""The demo itself, wherever it is played: the campaign, its summary, and where to look next."""

from services.cli.demo.driver import Stage
from services.cli.demo.next_steps import tell_next
from services.cli.demo.play import play
from services.cli.demo.sample import CAF, SCHOOL_YEAR, campaign
from services.cli.demo.summary.journal import Journal, journal
from services.cli.demo.summary.report import tell
from shared.kernel.settings import Settings


async def show(stage: Stage, kept_on: Settings | None = None) -> Journal:
    """Play the campaign and tell what came of it; return what was heard.

    `kept_on`: how to reach the system afterwards, None when it ends with this program.
    """
    await play(stage, campaign())
    heard = journal(stage.heard(), CAF)
    tell(heard, CAF, SCHOOL_YEAR)
    tell_next(heard, kept_on)
    return heard
