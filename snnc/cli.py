"""The command line: every command is a view of the flow in ``snnc/__init__.py``."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

import snnc
from snnc import terminal
from snnc.cli_arguments import Html, Settings, Spec
from snnc.cli_exchange import add_to
from snnc.cli_lsp import language_server
from snnc.cli_specs import build, lint
from snnc.cli_sweep import sweep
from snnc.source.nearest import nearest
from snnc.terminal import Exit

app = typer.Typer(
    name="snnc",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)

exchange = add_to(app)


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"snnc {snnc.__version__}\n")
        raise Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Compile declarative specs of spiking neural networks into readable, fast PyTorch."""


app.command()(build)
app.command()(lint)


@app.command()
def show(
    spec: Spec,
    after: Annotated[
        str | None,
        typer.Option(help="Print the program after this pass; `lower` is before all passes."),
    ] = None,
    format: Annotated[str, typer.Option("--format", help="One of text and json.")] = "text",
    html: Html = None,
    settings: Settings = None,
) -> None:
    """Print where every layer runs in time, and why."""
    from snnc.commands import show as view
    from snnc.program.text import text

    terminal.one_of("--format", format, ("text", "json"))
    document = terminal.or_report(lambda: snnc.load(terminal.spec(spec), settings or ()))
    graph = terminal.or_report(lambda: snnc.link(document))
    if after is not None:
        terminal.one_of("--after", after, ("lower", *snnc.pass_names(document, graph)))
        sys.stdout.write(text(snnc.plan(document, graph, after)))
        return
    program = snnc.plan(document, graph)
    if html is not None:
        view.write_page(html, document, program)
        return
    sys.stdout.write(view.as_json(program) if format == "json" else view.as_text(program))


@app.command()
def diff(
    spec: Spec,
    new: Annotated[
        Path | None, typer.Argument(help="The changed spec.", show_default=False)
    ] = None,
    against: Annotated[
        str | None, typer.Option(help="Compare with the spec at this git revision, as main.")
    ] = None,
    format: Annotated[
        str, typer.Option("--format", help="One of text, json and markdown.")
    ] = "text",
    settings: Settings = None,
) -> None:
    """Say what a change of a spec means: layers, costs, kernels, checkpoints.

    Names two specs, the old one first, or one and --against. Exit code 0: the networks are the
    same; 1: they differ, or a spec has errors; 2: the command could not run.
    """
    from snnc.commands import diff as view

    terminal.one_of("--format", format, view.FORMATS)
    old, other = terminal.spec(spec), terminal.spec(new) if new is not None else None
    given = tuple(settings or ())
    told, differs = terminal.or_report(lambda: view.diff(old, other, against, given, format))
    sys.stdout.write(told)
    raise Exit(1 if differs else 0)


@app.command()
def verify(
    spec: Spec,
    quick: Annotated[
        bool, typer.Option("--quick", help="Run only the spec's own schedule, with all passes.")
    ] = False,
    seed: Annotated[int, typer.Option(help="The seed of weights and data.")] = 0,
    batch: Annotated[
        int,
        typer.Option(min=0, help="Samples per batch; 0 stands for 3, or 1 for a large network."),
    ] = 0,
    format: Annotated[str, typer.Option("--format", help="One of full and json.")] = "full",
    settings: Settings = None,
) -> None:
    """Compare the generated code with a naive interpreter.

    The command runs every schedule, every schedule without each optional pass, and every backend of
    this machine. Exit code 0: all are equal; 1: a difference, or the spec has errors; 2: the
    command could not run.
    """
    from snnc.commands import verify as verdicts

    document = terminal.or_report(lambda: snnc.load(terminal.spec(spec), settings or ()))
    raise Exit(verdicts.verify(document, seed, batch, quick, format))


@app.command()
def explain(
    name: Annotated[str, typer.Argument(help="A kind, a lint rule, or a code such as SNN204.")],
) -> None:
    """Describe a kind, a lint rule or an error, with an example."""
    from snnc.commands import explain as known

    if name not in known.topics():
        guess = nearest(name, known.topics())
        hint = f": did you mean {guess}?" if guess else ""
        raise terminal.UsageError(f"there is no kind, rule or code {name}{hint}")
    sys.stdout.write(known.explain(name))


@app.command("rules")
def lint_rules(
    format: Annotated[str, typer.Option("--format", help="One of table and json.")] = "table",
) -> None:
    """List the lint rules, with severity and fix."""
    from snnc.commands import rules as known

    terminal.one_of("--format", format, known.FORMATS)
    sys.stdout.write(known.listing(format))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def convert(
    context: typer.Context,
    spec: Spec,
    weights: Annotated[Path, typer.Option(help="A checkpoint of the ANN.")],
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="The folder of the results; beside the weights."),
    ] = None,
    compare: Annotated[
        str | None, typer.Option(help="Further rules in the report: max,99.9%,0.5,balance,mmse.")
    ] = None,
    settings: Settings = None,
) -> None:
    """Convert a trained ANN into an SNN, and report accuracy over time.

    Further options are those of the generated convert.py: --rule, --per, --initial, --time-steps,
    --readout-delay, --cos, --samples, --limit, --batch-size, --data-dir, --device. Exit code 0:
    success; 1: the spec has errors; 2: the command could not run.
    """
    from snnc import emitted
    from snnc.compile import script

    document = terminal.or_report(lambda: snnc.load(terminal.spec(spec), settings or ()))
    if document.spec.convert is None:
        raise terminal.UsageError(f"{spec} has no [convert]")
    output = terminal.or_report(lambda: emitted(document))
    told = ["--weights", str(weights), *(["--out-dir", str(out)] if out else [])]
    told += ["--compare", compare] if compare is not None else []
    failed, code = 1, script(output, "convert")([*told, *context.args])
    raise Exit(2 if code == failed else code)  # a script has no findings: 1 is its only failure


@app.command()
def schema(
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Write to this file and not to the terminal.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only tell, with exit code 1, if the file is not so.")
    ] = False,
    configuration: Annotated[
        bool, typer.Option("--configuration", help="The schema of snnc.toml, and of [tool.snnc].")
    ] = False,
) -> None:
    """Print the JSON Schema of specs, for editors.

    With -o, a file that is there is replaced only if it is such a schema.
    """
    from snnc.commands.schema import schema as command

    raise Exit(command(out, check, configuration))


@app.command()
def new(
    name: Annotated[
        str | None, typer.Argument(help="The name of the network and of its folder.")
    ] = None,
    base: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="ZOO", help="A spec of the zoo to start from.  [default: digits_conv]"
        ),
    ] = None,
    template: Annotated[
        str | None,
        typer.Option(
            metavar="TASK",
            help="A template to start from: classification, conversion, events, own_neuron, "
            "regression, segmentation or sequence.",
        ),
    ] = None,
    listing: Annotated[
        bool, typer.Option("--list", help="Print what --template and --from accept.")
    ] = False,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Another folder.")] = None,
) -> None:
    """Start a project: a spec, a README, hooks and a CI workflow.

    The command writes the folder NAME and replaces no existing file. In a repository, it adds
    hooks, a workflow and excludes of formatters to what is at the root.
    """
    from snnc.commands import new as projects

    if listing:
        sys.stdout.write(projects.listing())
        return
    if name is None:
        raise terminal.UsageError("the name is missing: snnc new NAME")
    for sentence in projects.start(name, base, template, out):
        terminal.say(sentence)


app.command("sweep")(sweep)
app.command("lsp")(language_server)


def main(arguments: Sequence[str] | None = None) -> None:
    """The entry point: whatever happens, one sentence and an exit code."""
    if sys.flags.optimize > 1:
        terminal.document(app, *exchange)
    terminal.run(app, arguments)
