"""`python -m tests.tools.pictures`: docs/demo.svg, what `make demo` prints at its end."""

import asyncio
import io
import re
from pathlib import Path
from unittest.mock import patch

from rich.console import Console
from rich.text import Text

from services.cli.demo.driver import in_process
from services.cli.demo.show import show
from shared.console import terminal

PICTURE = Path(__file__).parents[2] / "docs" / "demo.svg"
WIDTH = 96
REMOTE = re.compile(r"@font-face \{.*?\}\s*|<!-- Generated.*?-->\s*", re.DOTALL)
"""What would be fetched from another host: the reader's own fonts do."""
FIRST, LAST = "8. Soldes", "engagements soldés"
"""The lines that are shown: from balances to the books."""


async def demo_svg() -> str:
    """Play the campaign in this process; return the end of what it prints as an SVG document."""
    console = _recording()
    with patch.object(terminal, "console", console):
        async with in_process() as driver:
            await show(driver)
    lines = console.export_text(styles=True).splitlines()
    first = next(rank for rank, line in enumerate(lines) if FIRST in line)
    last = next(rank for rank, line in enumerate(lines) if LAST in line)
    picture = _recording()
    picture.print(Text.from_ansi("\n".join(lines[first : last + 1])))
    svg = picture.export_svg(title="make demo", unique_id="demo")
    return re.sub(REMOTE, "", svg)


def _recording() -> Console:
    return Console(
        width=WIDTH, record=True, force_terminal=True, file=io.StringIO(), highlight=False
    )


if __name__ == "__main__":
    PICTURE.write_text(asyncio.run(demo_svg()), encoding="utf-8")
