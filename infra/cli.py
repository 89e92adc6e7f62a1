"""The command line. Commands are loaded only when they run, so that help and errors come at once."""

from __future__ import annotations

import keyword
import sys
from importlib import import_module

import click

from infra.log import log_what_nobody_catches
from triage.domain.errors import InvalidInput, PolicyError, TipstreamError

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("infra.commands.demo", "Start the product with example data and send it sample tips."),
    "init": ("infra.commands.serve", "Make a data directory: keys, example policy, database, partners."),
    "serve": ("infra.commands.serve", "Run the whole product on this machine and keep it running."),
    "web": ("infra.commands.serve", "Run the web process: forms, API, console."),
    "worker": ("infra.commands.serve", "Run the worker: read, decide, index, deliver."),
    "relay": ("infra.commands.serve", "Run the relay: the log goes to Kafka."),
    "topics": ("infra.commands.run", "Make the topics in Kafka, and check them."),
    "clocks": ("infra.commands.serve", "Run the clocks: audit sealer, housekeeping, escalation."),
    "migrate": ("infra.commands.serve", "Bring the database's schema to this version, or down to another."),
    "assess": ("infra.commands.read", "Read tips from a JSON Lines file and write what was read."),
    "train": ("infra.commands.read", "Train the reader from the labelled corpus."),
    "evaluate": ("infra.commands.read", "Measure the reader by cross-validation on the labelled corpus."),
    "queue": ("infra.commands.work", "Show the queue of a desk."),
    "search": ("infra.commands.work", "Search cases."),
    "explain": ("infra.commands.work", "Say why a tip is where it is, and replay the decision."),
    "ageing": ("infra.commands.ageing", "Tell how long tips waited at a desk, as CSV; or check such a file."),
    "reindex": ("infra.commands.run", "Build the search index anew beside the old one, and swap."),
    "dead-letters": ("infra.commands.run", "List events that were set aside."),
    "replay": ("infra.commands.run", "Handle the events that were set aside again."),
    "backfill": ("infra.commands.run", "Handle what stands on a Kafka topic again."),
    "verify-audit": ("infra.commands.run", "Check the audit chain from the first row to the last."),
    "doctor": ("infra.commands.manage", "Look at everything that is set up, and say what to do."),
    "policy": ("infra.commands.manage", "Check the policy files."),
    "user": ("infra.commands.manage", "Add or change an account."),
    "partner": ("infra.commands.partner", "Partners: who they are, their keys, their people, their posters."),
    "import": ("infra.commands.bulk", "Import a partner's file: CSV, NDJSON, XLSX or XML."),
    "settings": ("infra.commands.manage", "Print the reference of all settings."),
}
"""Name, module, and what it does; the module holds a click command of the same name (dashes as underscores; words of Python end in one)."""


class Commands(click.Group):
    """Finds commands in ``COMMANDS`` and imports them when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """All names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's signature
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_") + "_" * keyword.iskeyword(cmd_name)
        command: click.Command = getattr(import_module(COMMANDS[cmd_name][0]), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # click's signature
        """The list in the help text, without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tipstream")
def tipstream() -> None:
    """Tipstream: every tip accepted, read, explained and brought to the people who can act."""


def main() -> None:
    """Run the command line. Our own errors end it with one clear line: 2 for bad input or policy, 1 for the rest."""
    log_what_nobody_catches()
    try:
        tipstream.main(prog_name="tipstream")
    except TipstreamError as error:
        click.echo(f"tipstream: {error}", err=True)
        sys.exit(2 if isinstance(error, InvalidInput | PolicyError) else 1)


if __name__ == "__main__":
    main()
