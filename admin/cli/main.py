"""The `duiqi` command: subcommands are loaded when they are asked for, so that a check never imports a web server."""

import importlib
import sys

import click

from admin.cli.options import WRONG_USE, asked_language, fail
from schema_defs.errors import DuiqiError, UsageError

COMMANDS: dict[str, tuple[str, str]] = {
    "check": ("admin.cli.check", "Find every problem of a configuration."),
    "eval": ("admin.cli.evaluate", "Evaluate an expression."),
    "compute": ("admin.cli.compute", "Compute metrics from data files."),
    "allocate": ("admin.cli.allocate", "Split a plan into targets."),
    "backtest": ("admin.cli.backtest", "Replay a rule over past days."),
    "test": ("admin.cli.test", "Run the test documents of a configuration."),
    "diff": ("admin.cli.diff", "Compare two configurations."),
    "lineage": ("admin.cli.lineage", "Show what something is computed from, and what uses it."),
    "demo": ("admin.cli.demo", "Run the reference organisation at a local address."),
    "serve": ("admin.cli.serve", "Run a web process."),
    "worker": ("admin.cli.worker", "Run a worker process."),
    "migrate": ("admin.cli.migrate", "Bring the database to this version."),
    "tenant": ("admin.cli.tenant", "Create and list tenants."),
    "user": ("admin.cli.user", "Create accounts and set passwords."),
    "calendar": ("admin.cli.calendar", "List, import, correct and export days off and make-up days."),
    "import": ("admin.cli.import_", "Import a data file into a dataset."),
    "publish": ("admin.cli.publish", "Publish a folder of documents as a release."),
    "rollback": ("admin.cli.rollback", "Put an earlier release in force again."),
    "snapshot": ("admin.cli.snapshot", "Freeze a board into a snapshot now."),
}
"""Name, module and one-line help of every command: adding one touches its own file and this table."""


class Lazy(click.Group):
    """A group whose commands are imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(COMMANDS[cmd_name][0]).command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_text) for name, (_, help_text) in COMMANDS.items()])


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="duiqi")
def duiqi() -> None:
    """Keeps a sales organisation's targets, numbers, alerts and weekly meeting aligned."""


def main() -> None:
    """Runs the command and turns our own errors into a sentence and an exit code."""
    try:
        duiqi()
    except UsageError as error:
        fail(error, asked_language(), code=WRONG_USE)
    except DuiqiError as error:
        fail(error, asked_language())
    except BrokenPipeError:
        sys.exit(0)


if __name__ == "__main__":
    main()
