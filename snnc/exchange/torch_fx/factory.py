"""The user's module: found by name, made by running their code."""

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterable
from copy import deepcopy
from functools import partial
from types import ModuleType
from typing import Any

from torch import nn

from snnc.exchange import Unusable
from snnc.exchange.torch_fx import where
from snnc.source.nearest import nearest


def made(path: str) -> nn.Module:
    """The module of ``package.module:factory``: the result of a call, or a copy of a module.

    Raises:
        Unusable: the name does not exist, the call fails, or the result is no module.
    """
    module, name = parts(path)
    found = _attribute(_imported(module), name)
    net = _called(path, partial(deepcopy, found) if isinstance(found, nn.Module) else found)
    if not isinstance(net, nn.Module):
        raise Unusable(f"{path} makes a {type(net).__name__}, expected a torch.nn.Module")
    return net


def copied(net: nn.Module, path: str) -> nn.Module:
    """A copy of a module that was not called yet; where it has none, another one of the factory's.

    Raises:
        Unusable: the module has no copy, and the factory fails.
    """
    try:
        return deepcopy(net)
    except Exception:  # noqa: BLE001 - the user's classes say how they are copied
        other = made(path).cpu().train(net.training)
        other.load_state_dict(net.state_dict())
        return other


def parts(path: str) -> tuple[str, str]:
    """The module and the factory. Raises Unusable if ``path`` does not name both."""
    module, colon, name = path.partition(":")
    if module.endswith(".py"):
        dotted = module.removesuffix(".py").strip("./").replace("/", ".")
        raise Unusable(f"{path}: name the module as in an import: {dotted}:{name or 'factory'}")
    if not colon or not name or not module:
        raise Unusable(f"{path}: expected package.module:factory, such as mynets.lenet:LeNet")
    return module, name


def _imported(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        missing = error.name or name
        if name != missing and not name.startswith(f"{missing}."):
            raise Unusable(f"{name} cannot be imported: {where.said(error)}") from error
        raise Unusable(_no_module(missing)) from error
    except (Exception, SystemExit) as error:
        raise Unusable(f"{name} cannot be imported: {where.said(error)}") from error


def _no_module(missing: str) -> str:
    package, _, last = missing.rpartition(".")
    paths = getattr(sys.modules.get(package), "__path__", None) if package else [""]
    guess = nearest(last, (m.name for m in pkgutil.iter_modules(paths)))
    full = f"{package}.{guess}" if package and guess else guess
    return f"there is no module {missing}, here or installed{_did_you_mean(full)}"


def _attribute(module: ModuleType, name: str) -> Any:
    found: Any = module
    for part in name.split("."):
        if not hasattr(found, part):
            guess = nearest(part, _factories(found))
            raise Unusable(f"{module.__name__} has no {part}{_did_you_mean(guess)}")
        found = getattr(found, part)
    return found


def _factories(module: Any) -> Iterable[str]:
    return (n for n, v in vars(module).items() if not n.startswith("_") and callable(v))


def _did_you_mean(guess: str | None) -> str:
    return f": did you mean {guess}?" if guess else ""


def _called(path: str, factory: Any) -> Any:
    if not callable(factory):
        raise Unusable(f"{path} is a {type(factory).__name__}, expected a function or a class")
    needed = _needed(factory)
    if needed:
        what = ", ".join(needed)
        raise Unusable(f"{path} needs arguments ({what}): name a function that needs none")
    try:
        return factory()
    except (Exception, SystemExit) as error:
        raise Unusable(f"{path} failed: {where.said(error)}") from error


def _needed(factory: Any) -> list[str]:
    """The parameters without a default."""
    try:
        parameters = inspect.signature(factory).parameters.values()
    except (TypeError, ValueError):  # not written in Python
        return []
    optional = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [p.name for p in parameters if p.default is p.empty and p.kind not in optional]
