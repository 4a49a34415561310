"""The one loader: reference policies of the package, a company's folder over them, what-ifs on top."""

from __future__ import annotations

from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from hedgerow.home import Home
from hedgerow.kernel.problem import Problem, UnableTo, Where
from hedgerow.policies.dated import UnableToReadPolicy
from hedgerow.policies.layers import Layer, ReadLayer, read_layer, resolve
from hedgerow.policies.tree import Policies

__all__ = ["REFERENCE", "Policies", "UnableToLoadPolicies", "UnableToReadPolicy", "home_policies", "load_policies",
           "reference_policies"]

REFERENCE = "reference"
_SUFFIXES = (".yaml", ".yml")


class UnableToLoadPolicies(UnableTo):
    """Codes: bad_policies (``problems`` lists all of all files, with file:line:column), no_such_folder,
    unreadable."""


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


def home_policies(home: Home, folder: Path | None = None, *overlays: Path) -> Policies:
    """With ``folder``, else with the home's own policy folder when there is one: what every command starts from."""
    own = home.policies if home.policies.exists() else None
    return load_policies(folder if folder is not None else own, *overlays)


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
    found = [path] if path.is_file() else sorted(f for f in path.rglob("*") if f.suffix in _SUFFIXES and f.is_file())
    root = path.parent if path.is_file() else path
    return Layer(name, tuple((str(file), file.relative_to(root).as_posix(), _content(file)) for file in found))


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        why = f"not readable: {error.strerror}"
        problem = Problem("unreadable", why, Where(str(file)))
        raise UnableToLoadPolicies("unreadable", f"{file}: {why}", [problem]) from None


def _resolved(layers: list[ReadLayer]) -> Policies:
    policies, problems = resolve(layers)
    if problems:
        files = len({p.where.file for p in problems})
        raise UnableToLoadPolicies("bad_policies", f"{len(problems)} problem(s) in {files} policy file(s); "
                                                   "nothing was loaded", problems)
    return policies
