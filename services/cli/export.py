"""`clas export`: numbered batches that never change, in the formats that accountants use."""

from shared.console.lazy_group import CommandRow, LazyGroup, lazy_application

HELP = """Numbered batches that never change, each in a folder with its manifest.

A batch holds what no earlier batch of its series holds; requested again, it has the same bytes.
Later corrections are in a later batch. Exit code 1 when there is nothing to export, or when the
format cannot hold it.
"""


class Exports(LazyGroup):
    """The commands of `clas export`; each is imported when it is invoked."""

    table = (
        CommandRow(
            "fec",
            "services.accounting.exports.fec_command:fec",
            "Write the FEC of a closed exercise, with the description that the law requires.",
        ),
        CommandRow(
            "subventions",
            "services.funding.exports.scdl_command:subventions",
            "Write the open data of subsidies granted under a convention, in the national layout.",
        ),
        CommandRow(
            "verify",
            "services.accounting.exports.verify_command:verify",
            "Verify batches, or the flat FEC of any software, without any server; not XML.",
        ),
        CommandRow(
            "events",
            "services.accounting.exports.format_commands:events",
            "Write the data of the events AccountingEntryPosted as JSON lines.",
        ),
        CommandRow(
            "validated",
            "services.accounting.exports.format_commands:validated",
            "Write a closed exercise as JSON lines, whole, for anyone to verify (docs/verify.py).",
        ),
        CommandRow(
            "csv",
            "services.accounting.exports.format_commands:csv",
            "Write the journal as CSV for programs: UTF-8, commas, decimal points.",
        ),
        CommandRow(
            "csv-excel",
            "services.accounting.exports.format_commands:csv_excel",
            "Write the same CSV for a French Excel: semicolons, decimal commas, a byte order mark.",
        ),
        CommandRow(
            "parquet",
            "services.accounting.exports.format_commands:parquet",
            "Write the journal as Parquet, a row per line of an entry: typed, exact amounts.",
        ),
        CommandRow(
            "xlsx",
            "services.accounting.exports.format_commands:xlsx",
            "Write a workbook: journal, general ledger and trial balance, with totals as formulas.",
        ),
        CommandRow(
            "bonus",
            "services.funding.exports.bonus_command:bonus",
            "Write the workbook of bonuses: granted and paid, project by project and by Caf.",
        ),
        CommandRow(
            "list",
            "shared.exports.list_command:list_batches",
            "Print every batch that was given out.",
        ),
    )


app = lazy_application("export", HELP, Exports)
