"""``snnc build`` and ``snnc lint``: their options."""

from pathlib import Path
from typing import Annotated

import typer

from snnc import terminal
from snnc.cli_arguments import Config, Format, NoCache, Paths, Quiet, Settings, Watch
from snnc.options import BuildOptions, LintOptions
from snnc.terminal import Exit


def build(
    paths: Paths = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit with 1 if a file is stale.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Print the changes and write nothing.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace edited files too.")] = False,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The folder of the package.")
    ] = None,
    settings: Settings = None,
    output_format: Format = "full",
    config: Config = None,
    no_cache: NoCache = False,
    watch: Watch = False,
    quiet: Quiet = False,
) -> None:
    """Generate the package of each spec.

    Exit code 0: success; 1: a spec has errors, --check or --diff found a difference, or a file was
    edited by hand; 2: the command could not run. --check also finds packages that no spec makes any
    more, and an editor's schema of another snnc.
    """
    from snnc.commands.build import build as command

    options = BuildOptions(
        paths=tuple(paths or ()),
        check=check,
        diff=diff,
        force=force,
        out=out,
        settings=tuple(settings or ()),
        output_format=output_format,
        config=tuple(config or ()),
        cache=not no_cache,
        watch=watch,
        quiet=quiet,
    )
    raise Exit(terminal.quietly(quiet, command, options))


def lint(
    paths: Paths = None,
    settings: Settings = None,
    output_format: Format = "full",
    fix: Annotated[bool, typer.Option("--fix", help="Apply fixes that are safe.")] = False,
    unsafe_fixes: Annotated[
        bool, typer.Option("--unsafe-fixes", help="With --fix or --diff: other fixes too.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Print what --fix would change and write nothing.")
    ] = False,
    select: Annotated[
        list[str] | None,
        typer.Option("--select", metavar="RULES", help="Run these rules only, with commas."),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option("--ignore", metavar="RULES", help="Do not run these rules."),
    ] = None,
    extend_select: Annotated[
        list[str] | None,
        typer.Option("--extend-select", metavar="RULES", help="Run these rules as well."),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option("--exclude", metavar="PATTERN", help="Do not look at what this names."),
    ] = None,
    config: Config = None,
    statistics: Annotated[
        bool, typer.Option("--statistics", help="Print how often each code was found.")
    ] = False,
    add_ignore: Annotated[
        bool, typer.Option("--add-ignore", help="Write a comment for each finding of a rule.")
    ] = False,
    stdin_filename: Annotated[
        Path | None,
        typer.Option("--stdin-filename", metavar="FILE", help="The file that - stands for."),
    ] = None,
    no_cache: NoCache = False,
    watch: Watch = False,
    quiet: Quiet = False,
) -> None:
    """Check specs for errors and suspicious constructs.

    The path - is the standard input. Rules are named by name, code or the beginning of a code,
    and "all" is all. Exit code 0: no errors or warnings; 1: there are some, or --diff printed
    something; 2: the command could not run, or a path names no spec.
    """
    from snnc.commands.lint import lint as command

    options = LintOptions(
        paths=tuple(paths or ()),
        settings=tuple(settings or ()),
        output_format=output_format,
        fix=fix,
        unsafe_fixes=unsafe_fixes,
        diff=diff,
        select=tuple(select or ()),
        ignore=tuple(ignore or ()),
        extend_select=tuple(extend_select or ()),
        exclude=tuple(exclude or ()),
        config=tuple(config or ()),
        statistics=statistics,
        add_ignore=add_ignore,
        stdin_filename=stdin_filename,
        cache=not no_cache,
        watch=watch,
        quiet=quiet,
    )
    raise Exit(terminal.quietly(quiet, command, options))
