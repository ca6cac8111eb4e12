"""Mutants of the modules that decide: each with one place changed, as Cosmic Ray changes it."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any

import parso
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator

MODULES = ["policy", "rules", "terms", "rights", "approvals", "desk", "gate"]
OTHERWISE = {
    "Eq": ["NotEq", "LtE", "GtE"],
    "NotEq": ["Eq", "Lt", "Gt"],
    "Lt": ["LtE", "NotEq", "GtE"],
    "LtE": ["Lt", "Eq", "Gt"],
    "Gt": ["GtE", "NotEq", "LtE"],
    "GtE": ["Gt", "Eq", "Lt"],
    "Is": ["IsNot"],
    "IsNot": ["Is"],
}
"""Each comparison turned round, and moved at its edge."""
OPERATORS = [
    *(f"ReplaceComparisonOperator_{a}_{b}" for a, others in OTHERWISE.items() for b in others),
    *("ReplaceAndWithOr", "ReplaceOrWithAnd", "AddNot", "ReplaceUnaryOperator_Delete_Not"),
    *("NumberReplacer", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue"),
    *("ReplaceBinaryOperator_Add_Sub", "ReplaceBinaryOperator_Sub_Add"),
    *("ReplaceBinaryOperator_BitAnd_BitOr", "ZeroIterationForLoop", "ExceptionReplacer"),
]


@dataclass(frozen=True)
class Mutant:
    """A module with one place changed; `now` is the line as it reads then."""

    module: str
    line: int
    now: str
    code: str

    @property
    def place(self) -> str:
        """The function it is in, by which the docs know it: `policy.decide`."""
        nodes = ast.walk(ast.parse(self.code))
        defs = [node for node in nodes if isinstance(node, ast.FunctionDef)]
        around = [d.name for d in defs if d.lineno <= self.line <= (d.end_lineno or 0)]
        return ".".join([self.module, *around[-1:]])


class ReturnNothing(Operator):
    """`return x` becomes `return None`, and `return ""` says something."""

    def mutation_positions(self, node: Any) -> Iterator[Any]:
        if node.type == "return_stmt" and node.children[1].get_code().strip() != "None":
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:  # noqa: ARG002  Cosmic Ray's
        is_empty = node.children[1].get_code().strip() == '""'
        node.children[1] = parso.parse(' "said"' if is_empty else " None")
        return node

    @classmethod
    def examples(cls) -> tuple[Any, ...]:
        return ()


def file_of(module: str) -> Path:
    return Path("actions") / f"{module}.py"


def mutants(module: str) -> Iterator[Mutant]:
    """All of one module."""
    source = file_of(module).read_text()
    kinds = [ReturnNothing(), *(get_operator(f"core/{name}")() for name in OPERATORS)]
    seen, every = {source}, list(nodes(parso.parse(source)))
    for kind in kinds:
        for place in range(sum(len([*kind.mutation_positions(node)]) for node in every)):
            code = mutate_code(source, kind, place)
            line, now = changed(source, code)
            if code not in seen and is_python(code) and not now.startswith("@dataclass"):
                seen.add(code)  # that values stay frozen mypy says
                yield Mutant(module, line, now, code)


def nodes(tree: Any) -> Iterator[Any]:
    yield tree
    for child in getattr(tree, "children", ()):
        yield from nodes(child)


def is_python(code: str) -> bool:
    try:
        ast.parse(code)
    except SyntaxError:
        return False
    return True


def changed(source: str, code: str) -> tuple[int, str]:
    """Number and text of the first line that differs."""
    pairs = zip(source.splitlines(), code.splitlines(), strict=False)
    return next(((n, now.strip()) for n, (was, now) in enumerate(pairs, 1) if was != now), (0, ""))


def become(mutant: Mutant) -> None:
    """Give the functions of its module the code of the mutant, and it the values."""
    module = import_module(f"actions.{mutant.module}")
    fresh: dict[str, Any] = {"__name__": module.__name__}
    exec(compile(mutant.code, str(file_of(mutant.module)), "exec"), fresh)  # noqa: S102  a mutant
    graft(module, fresh, module.__name__)


def graft(owner: Any, new: Mapping[str, Any], module: str) -> None:
    """Owner is the module or a class of it: what refers to its functions has the new code, too."""
    old = vars(owner)
    for name, value in new.items():
        was = old.get(name)
        if isinstance(was, property):
            was, value = was.fget, value.fget
        ours = getattr(was, "__module__", None) == module
        match was:
            case type() if ours:
                graft(was, vars(value), module)
            case FunctionType() if ours:
                was.__code__ = value.__code__
                put(was, "__defaults__", value.__defaults__)
                put(was, "__kwdefaults__", value.__kwdefaults__)
            case _ if name in old and not name.startswith("__"):
                put(owner, name, value)


def put(owner: Any, name: str, value: Any) -> None:
    """Another value; what has no words of its own is not another one."""
    if repr(getattr(owner, name)) != repr(value) and " at 0x" not in repr(value):
        setattr(owner, name, value)
