"""Neurons of other libraries, known by the module and the name of their class: nothing is imported.

A library that a user's network is made of is loaded by the user's own code. One file a library has
a ``LIBRARY`` with its classes.
"""

from collections.abc import Iterator

from torch import nn

from snnc.exchange import Refused
from snnc.exchange.libraries import norse, sinabs, snntorch, spikingjelly
from snnc.exchange.libraries.types import Library, Recipe, SpikingLayer
from snnc.shapes import Shape

LIBRARIES: tuple[Library, ...] = tuple(
    module.LIBRARY for module in (norse, sinabs, snntorch, spikingjelly)
)
_HARMLESS = frozenset(
    "__init__ __module__ __qualname__ __doc__ __annotations__ __firstlineno__ "
    "__static_attributes__ extra_repr __repr__ __parameters__".split()
)
"""Members of a subclass that do not change what the neuron computes."""
_EQUATIONS = (
    "a neuron that a spec has no kind for can be written by its equations: [neurons.X] with "
    "`state`, `step` and `output` (docs/language.md)"
)


def is_layer(module: nn.Module) -> bool:
    """Whether a module is one layer here: a neuron, known or not, or a library's plain layer."""
    return is_neuron(module) or any(_below(c, lib.plain, lib) for c, lib in _classes(module))


def is_neuron(module: nn.Module) -> bool:
    """Whether a module is a library's and has a state, so that time matters to it."""
    for cls, library in _classes(module):
        name = _short(cls, library)
        if name in library.known or name in library.refused:
            return True
        if _below(cls, library.plain, library):
            return False
        if _below(cls, library.stateful, library):
            return True
    return False


def has_state(module: nn.Module) -> bool:
    """Whether a neuron's calls are steps that remember the ones before."""
    return is_neuron(module) and not any(
        _short(cls, library) in library.stateless for cls, library in _classes(module)
    )


def called(module: nn.Module) -> str:
    """A class as people know it: ``snnTorch's Leaky``."""
    _, library = next(_classes(module))
    return f"{library.name}'s {type(module).__name__}"


def told_of_time(net: nn.Module) -> None:
    """Refuses a network with neurons where nobody said where time is."""
    found = next(((path, m) for path, m in net.named_modules() if has_state(m)), None)
    if found:
        raise Refused(
            f"{found[0] or 'the network'} is {called(found[1])}, a neuron with a state",
            help=(
                "say where time is: --time-steps T with --time first (forward takes [T, B, …]), "
                "second ([B, T, …]), inside (forward makes the steps itself) or step (one step)"
            ),
        )


def layer(module: nn.Module, shape: Shape) -> SpikingLayer:
    """A module of a library as a layer; ``shape`` is that of one sample. Raises Refused."""
    changed: list[str] = []
    for cls, library in _classes(module):
        name = _short(cls, library)
        if name in library.refused:
            raise Refused(library.refused[name], help=_EQUATIONS)
        if name in library.known:
            return _made(library.known[name], module, shape, changed)
        changed += [] if vars(cls).keys() <= _HARMLESS else [cls.__name__]
    raise Refused("its equations are not known here", help=_EQUATIONS)


def _made(recipe: Recipe, module: nn.Module, shape: Shape, changed: list[str]) -> SpikingLayer:
    if changed:
        raise Refused(f"{changed[0]} changes the class that it derives from", help=_EQUATIONS)
    return recipe(module, shape)


def _classes(module: nn.Module) -> Iterator[tuple[type, Library]]:
    """The classes of a module that derive from a library's, each with the library."""
    mro = type(module).__mro__
    for at, cls in enumerate(mro):
        for library in LIBRARIES:
            if any(_is_of(base, library) for base in mro[at:]):
                yield cls, library


def _is_of(cls: type, library: Library) -> bool:
    return f"{cls.__module__}.".startswith(f"{library.package}.")


def _short(cls: type, library: Library) -> str:
    return f"{cls.__module__}.{cls.__qualname__}".removeprefix(f"{library.package}.")


def _below(cls: type, modules: tuple[str, ...], library: Library) -> bool:
    name = _short(cls, library)
    return _is_of(cls, library) and any(name == m or name.startswith(f"{m}.") for m in modules)
