"""The command line: every command is a view of the flow in ``snnc/__init__.py``."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

import snnc
from snnc import terminal
from snnc.source.nearest import nearest
from snnc.source.reading import SUFFIX
from snnc.terminal import Exit

app = typer.Typer(
    name="snnc",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

importing = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(importing, name="import", help="Make a spec of a network from elsewhere.")

Paths = Annotated[list[Path], typer.Argument(help="Specs, or folders that hold them.")]
Spec = Annotated[Path, typer.Argument(help="A spec, NAME.snn.toml.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Override a value; may be repeated."),
]
Format = Annotated[
    str, typer.Option("--output-format", help="full, concise, json, github, gitlab, sarif, junit.")
]


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"snnc {snnc.__version__}\n")
        raise Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it and exit.")
    ] = False,
) -> None:
    """Compile declarative specs of spiking neural networks into readable, fast PyTorch."""


@app.command()
def build(
    paths: Paths,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if stale.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Print what would change.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace files edited by hand.")] = False,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Where to put the package.")
    ] = None,
    settings: Settings = None,
    output_format: Format = "full",
) -> None:
    """Generate the package of each spec, beside it.

    Exit code 0: all is well; 1: a spec is wrong, --check or --diff found a difference, or a file
    was edited by hand; 2: the command could not be carried out.
    """
    from snnc.builds import Builds

    builds = Builds(terminal.specs(paths), tuple(settings or ()), out, output_format)
    raise Exit(builds.check() if check else builds.diff() if diff else builds.write(force))


@app.command()
def lint(paths: Paths, settings: Settings = None, output_format: Format = "full") -> None:
    """Check specs for mistakes and for what is hardly meant.

    Exit code 0: nothing found; 1: errors or warnings; 2: the command could not be carried out.
    """
    terminal.one_of("--output-format", output_format, terminal.FORMATS)
    specs = terminal.specs(paths)
    findings = [finding for path in specs for finding in snnc.check(path, settings or ())]
    terminal.report(findings, output_format)
    if output_format == "full":
        terminal.say(terminal.summary(findings, len(specs)))
    raise Exit(1 if findings else 0)


@app.command()
def show(
    spec: Spec,
    after: Annotated[
        str | None,
        typer.Option(help="The Program after this pass; `lower` is that before all of them."),
    ] = None,
    format: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    settings: Settings = None,
) -> None:
    """Print where every layer went in time, and why."""
    from snnc import show as view
    from snnc.program.text import text

    terminal.one_of("--format", format, ("text", "json"))
    document = terminal.or_report(lambda: snnc.load(terminal.spec(spec), settings or ()))
    graph = terminal.or_report(lambda: snnc.link(document))
    if after is not None:
        terminal.one_of("--after", after, ("lower", *snnc.pass_names(document, graph)))
        sys.stdout.write(text(snnc.plan(document, graph, after)))
        return
    program = snnc.plan(document, graph)
    sys.stdout.write(view.as_json(program) if format == "json" else view.as_text(program))


@app.command()
def verify(
    spec: Spec,
    quick: Annotated[
        bool, typer.Option("--quick", help="Only the spec's own schedule, with all passes.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Weights and data are drawn from it.")] = 0,
    batch: Annotated[
        int, typer.Option(min=0, help="Samples at a time; 0: 3, or 1 of a large network.")
    ] = 0,
    format: Annotated[str, typer.Option("--format", help="full or json.")] = "full",
    settings: Settings = None,
) -> None:
    """Compare what is generated with a naive interpreter.

    Every schedule, every optional pass left out, every backend of this machine. Exit code 0: all
    are equal; 1: something differs, or the spec is wrong; 2: the command could not be carried out.
    """
    from snnc import verdicts

    document = terminal.or_report(lambda: snnc.load(terminal.spec(spec), settings or ()))
    raise Exit(verdicts.verify(document, seed, batch, quick, format))


@app.command()
def explain(
    name: Annotated[str, typer.Argument(help="A kind, a lint rule, or a code such as SNN204.")],
) -> None:
    """Say what a kind, a lint rule or an error is, with an example."""
    from snnc import explain as known

    if name not in known.topics():
        guess = nearest(name, known.topics())
        hint = f": did you mean {guess}?" if guess else ""
        raise terminal.UsageError(f"there is no kind, rule or code {name}{hint}")
    sys.stdout.write(known.explain(name))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def convert(
    context: typer.Context,
    spec: Spec,
    weights: Annotated[Path, typer.Option(help="A checkpoint of the ANN.")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="For the results; beside the weights.")
    ] = None,
    compare: Annotated[
        str | None, typer.Option(help="Other rules to report on: max,99.9%,0.5,balance,mmse.")
    ] = None,
    settings: Settings = None,
) -> None:
    """Turn a trained ANN into an SNN, and report accuracy over time.

    All other options are those of the generated convert.py: --rule, --per, --initial, --time-steps,
    --readout-delay, --cos, --samples, --limit, --batch-size, --data-dir, --device. Exit code 0:
    converted; 1: the spec is wrong; 2: the command could not be carried out.
    """
    from snnc.compile import emitted, script

    document = terminal.or_report(lambda: snnc.load(terminal.spec(spec), settings or ()))
    if document.spec.convert is None:
        raise terminal.UsageError(f"{spec} has no [convert]")
    output = terminal.or_report(lambda: emitted(document))
    told = ["--weights", str(weights)]
    told += ["--out-dir", str(out)] if out else []
    told += ["--compare", compare] if compare is not None else []
    run = script(output, "convert")
    failed, code = 1, run([*told, *context.args])
    raise Exit(2 if code == failed else code)  # a script has no findings: 1 is its only failure


@app.command()
def schema(
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="A file instead of the terminal.")
    ] = None,
) -> None:
    """Print the JSON Schema of specs, for editors.

    With -o, a file that is there is replaced only if it is such a schema.
    """
    from snnc import project
    from snnc import schema as editors

    if out is None:
        sys.stdout.write(editors.text())
        return
    if not out.name:
        raise terminal.UsageError(f"-o {out}: this is a folder, name a file in it")
    files = project.compare(out.parent, {out.name: editors.text()})
    if problem := files[0].obstacle:
        raise terminal.UsageError(f"{problem}: name another file")
    if files[0].have is not None and not editors.is_ours(files[0].have):
        raise terminal.UsageError(f"{out}: exists and is no schema of specs: name another file")
    project.write(files)


@app.command()
def new(
    name: Annotated[str | None, typer.Argument(help="Of the network and of its folder.")] = None,
    base: Annotated[
        str, typer.Option("--from", metavar="ZOO", help="The spec to begin with.")
    ] = "digits_conv",
    listing: Annotated[bool, typer.Option("--list", help="Print what --from takes.")] = False,
) -> None:
    """Start a project: a spec of the zoo and what belongs around it.

    Writes the folder NAME; nothing that exists is replaced.
    """
    from snnc import new as projects

    if listing:
        sys.stdout.write(projects.listing())
        return
    if name is None:
        raise terminal.UsageError("name the project: snnc new NAME")
    folder = projects.start(name, base)
    spec = f"{name}{SUFFIX}"
    terminal.say(f"{folder}: a new project; next: cd {folder} && snnc build {spec}")


@importing.command("torch")
def import_torch(
    factory: Annotated[
        str, typer.Argument(metavar="PACKAGE.MODULE:FACTORY", help="Makes the nn.Module.")
    ],
    shape: Annotated[
        str, typer.Option("--input", metavar="SIZES", help="Of one sample, such as 1,28,28.")
    ],
    weights: Annotated[
        Path | None, typer.Option("--weights", help="A state_dict for it, from torch.save.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="NAME", help="Of the files to write.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
) -> None:
    """Make NAME.snn.toml and NAME.pt of an nn.Module, and prove them equal.

    It imports and runs your code: the factory, called without arguments, and forward. Exit code 0:
    written; 1: a spec cannot say it, or files are there; 2: the command could not be carried out.
    """
    from snnc import imports

    raise Exit(imports.from_torch(factory, shape, weights, out, force))


def _documented(part: typer.Typer) -> None:
    """``python -OO`` strips the docstrings that ``--help`` prints: commands get them back."""
    from snnc.docstrings import docstring

    for command in (*part.registered_commands, part.registered_callback):
        if command is not None and command.callback is not None:
            command.callback.__doc__ = docstring(command.callback)


def main(arguments: Sequence[str] | None = None) -> None:
    """The entry point: whatever happens, one sentence and an exit code."""
    if sys.flags.optimize > 1:
        _documented(app)
        _documented(importing)
    terminal.run(app, arguments)
