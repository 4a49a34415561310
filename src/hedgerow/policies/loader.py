"""The one loader: reference policies of the package, a company's folder over them, what-ifs on top."""

from __future__ import annotations

from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from hedgerow.kernel.problem import Problem, UnableTo, Where
from hedgerow.policies.layers import Layer, ReadLayer, read_layer, resolve
from hedgerow.policies.tree import Policies, UnableToReadPolicy

__all__ = ["REFERENCE", "Policies", "UnableToLoadPolicies", "UnableToReadPolicy", "load_policies", "reference_policies"]

REFERENCE = "reference"
_SUFFIXES = (".yaml", ".yml")


class UnableToLoadPolicies(UnableTo):
    """Codes: bad_policies (``problems`` lists all of all files, with file:line:column), no_such_folder."""


def load_policies(company_folder: Path | None = None, *overlays: Path) -> Policies:
    """The reference policies, the company's folder over them, then each overlay (a folder or one file) on top.

    Raises UnableToLoadPolicies with every problem of every file. A folder that is named must exist.
    """
    named = [("company", Path(company_folder))] if company_folder is not None else []
    named += [(_overlay_name(path, number), Path(path)) for number, path in enumerate(overlays, start=1)]
    missing = [path for _, path in named if not path.exists()]
    if missing:
        problems = [Problem("no_such_folder", "there is no such policy folder", Where(file=str(p))) for p in missing]
        raise UnableToLoadPolicies("no_such_folder", f"no such policy folder: {missing[0]}", problems)
    if not named:
        return reference_policies()
    return _resolved([_reference_layer(), *(read_layer(_layer(name, path)) for name, path in named)])


@cache
def reference_policies() -> Policies:
    """The policies inside the package alone, read once."""
    return _resolved([_reference_layer()])


def _overlay_name(path: Path, number: int) -> str:
    return f"what-if {number} ({Path(path).name})"


@cache
def _reference_layer() -> ReadLayer:
    root = resources.files("hedgerow.policies")
    files = [(f"{REFERENCE}/{domain.name}/{file.name}", f"{domain.name}/{file.name}", file.read_bytes())
             for domain in sorted(root.iterdir(), key=_name) if domain.is_dir()
             for file in sorted(domain.iterdir(), key=_name) if file.name.endswith(_SUFFIXES)]
    return read_layer(Layer(REFERENCE, tuple(files)))


def _name(item: Traversable) -> str:
    return item.name


def _layer(name: str, path: Path) -> Layer:
    if path.is_file():
        return Layer(name, ((str(path), path.name, path.read_bytes()),))
    found = sorted(file for file in path.rglob("*") if file.suffix in _SUFFIXES and file.is_file())
    return Layer(name, tuple((str(file), file.relative_to(path).as_posix(), file.read_bytes()) for file in found))


def _resolved(layers: list[ReadLayer]) -> Policies:
    policies, problems = resolve(layers)
    if problems:
        files = len({p.where.file for p in problems})
        raise UnableToLoadPolicies("bad_policies", f"{len(problems)} problem(s) in {files} policy file(s); "
                                                   "nothing was loaded", problems)
    return policies
