"""A command group whose help and completion load none of its commands.

Its commands are rows of a table; the module of a command is imported when that command or its
own help is invoked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from itertools import groupby
from typing import Any, ClassVar

import typer
from typer._click import Command, Context, HelpFormatter
from typer._click.shell_completion import CompletionItem
from typer.core import TyperGroup
from typer.main import get_command

WIDTH_MAX = 100
"""Columns of the help on a terminal that has more."""


@dataclass(frozen=True, slots=True)
class CommandRow:
    """A command: its name, `module:attribute`, and its first docstring line.

    The attribute is a function, or a typer application with commands of its own. `panel` is the
    heading above it in the help.
    """

    name: str
    target: str
    help: str
    panel: str = "Commands"

    def load(self) -> Command:
        """Import its module and return it as typer's command.

        Raises:
            ImportError, AttributeError: when the table names what does not exist.
        """
        module, _, attribute = self.target.partition(":")
        loaded = getattr(import_module(module), attribute)
        if not isinstance(loaded, typer.Typer):
            loaded = _as_application(loaded)
        command = get_command(loaded)
        command.name = self.name
        return command


class LazyGroup(TyperGroup):
    """A group of the commands of `table`; a subclass names them."""

    table: ClassVar[tuple[CommandRow, ...]] = ()

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        # Typer reads the names here to suggest one that resembles an unknown name.
        names: dict[str, Any] = dict.fromkeys(self._rows())
        self.commands = names

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Parse the options of the group, all of them flags.

        Typer leaves its completion flags without a default, and loads pydantic to read None.
        """
        for option in self.get_params(ctx):
            option.default = option.default or False
        return super().parse_args(ctx, args)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:  # noqa: ARG002 - typer's signature
        """Return a command, imported now, or None when the table has none of that name."""
        row = self._rows().get(cmd_name)
        return row.load() if row else None

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 - typer's signature
        """Return the names in the order of the table."""
        return list(self._rows())

    def format_help(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the help as plain text: typer's own would load rich and every command."""
        self.format_usage(ctx, formatter)
        self.format_help_text(ctx, formatter)
        self.format_options(ctx, formatter)
        self.format_epilog(ctx, formatter)

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:  # noqa: ARG002
        """Write each panel of the table under its heading, lines wrapped between words."""
        longest = max(len(row.name) for row in self.table)
        for panel, rows in groupby(self.table, lambda row: row.panel):
            with formatter.section(panel):
                formatter.write_dl([(row.name.ljust(longest), row.help) for row in rows])

    def shell_complete(self, ctx: Context, incomplete: str) -> list[CompletionItem]:
        """Return the names that begin so, and the options when it begins with a hyphen.

        Without their help: typer would load rich to print it.
        """
        names = [name for name in self._rows() if name.startswith(incomplete)]
        options = super(TyperGroup, self).shell_complete(ctx, incomplete)
        return [*map(CompletionItem, names), *options]

    @classmethod
    def _rows(cls) -> Mapping[str, CommandRow]:
        return {row.name: row for row in cls.table}


def lazy_application(
    name: str, text: str, group: type[LazyGroup], *, completion: bool = False
) -> typer.Typer:
    """Return a typer application of such a group; without a command it prints its help."""
    return typer.Typer(
        name=name,
        help=text,
        cls=group,
        callback=_nothing,
        no_args_is_help=True,
        context_settings={"max_content_width": WIDTH_MAX},
        rich_markup_mode="markdown",
        add_completion=completion,
        pretty_exceptions_enable=False,
    )


def _nothing() -> None:
    """Do nothing before the command."""


def _as_application(function: Any) -> typer.Typer:
    application = typer.Typer(
        rich_markup_mode="markdown", add_completion=False, pretty_exceptions_enable=False
    )
    application.command()(function)
    return application
