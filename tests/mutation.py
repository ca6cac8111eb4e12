"""`make mutate`: weaken what decides, one place at a time; some test has to notice.

Cosmic Ray makes the mutants. pytest collects the tests once; each mutant is a fork of it, in which
the functions of one module get other code, and runs the tests that pass through the mutated line.
"""

import ast
import json
import multiprocessing
import os
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import count
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FunctionType
from typing import Any

import coverage
import parso
import pytest
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator

MODULES = ["policy", "rules", "terms", "rights", "approvals", "desk", "gate"]
UNITS = ["policy", "rules", "rights", "weighing", "granting"]
STORIES = [
    *(
        "desk",
        "standing",
        "approval",
        "deciding",
        "policy",
        "people",
        "editing",
        "telling",
        "reads",
    ),
]
TESTS = [
    *(f"tests/units/test_{name}.py" for name in UNITS),
    *(f"tests/flows/test_{name}.py" for name in STORIES),
]
QUICK = "not postgres and not clicks and not moment"
"""Stories of many people at once prove other things than comparisons."""
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
JOBS, PATIENCE = 2, 300
"""Mutants at once, and seconds for one."""
DOCS = Path("docs/mutation.md")
WHY = ("killed", "explained", "survived")

Tests = dict[int, list[str]]
"""Line of a module → the tests that pass through it, in their order; 0: through any of it."""


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


class Watch:
    """Which test passes where; and which one fails, with its words."""

    def __init__(self, passes: coverage.Coverage | None = None) -> None:
        self.failed, self.words, self._passes = "", "", passes

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        if self._passes:
            self._passes.switch_context(nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed, self.words = report.nodeid, report.longreprtext


class Trials:
    """Takes the place of running the tests that were collected."""

    def __init__(self, modules: Sequence[str]) -> None:
        self._modules, self.told = modules, dict.fromkeys(WHY, 0)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        process, answer = forked(measure, session.items)
        words, passing = heard(answer)
        process.join()
        if words:
            pytest.exit(f"They fail without any mutant.\n{words}", returncode=2)
        explained = DOCS.read_text()
        every = [mutant for module in self._modules for mutant in mutants(module)]
        for mutant, noticed in fates(every, passing, session.items):
            why = "killed" if noticed else "survived"
            if not noticed and f"`{mutant.place}`: `{mutant.now}`" in explained:
                why = "explained"
            self.told[why] += 1
            where = f"{file_of(mutant.module)}:{mutant.line} `{mutant.place}`: `{mutant.now}`"
            sys.stderr.write(f"{why}: {where} {noticed}\n")
        return True


def file_of(module: str) -> Path:
    return Path("actions") / f"{module}.py"


def mutants(module: str) -> Iterator[Mutant]:
    """All of one module."""
    source = file_of(module).read_text()
    kinds = [ReturnNothing(), *(get_operator(f"core/{name}")() for name in OPERATORS)]
    seen = {source}
    for kind in kinds:
        for place in count():
            code = mutate_code(source, kind, place)
            if code is None:
                break
            line, now = changed(source, code)
            if code not in seen and is_python(code) and not now.startswith("@dataclass"):
                seen.add(code)  # that values stay frozen mypy says
                yield Mutant(module, line, now, code)


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


def measure(items: Sequence[pytest.Item], answer: Connection) -> None:
    """Run all of the tests, unchanged; answer which of them pass where."""
    with tempfile.TemporaryDirectory() as directory:
        passes = coverage.Coverage(f"{directory}/data", source=["actions"])
        passes.start()
        watch = run_tests(items, passes)
        passes.stop()
        data, order = passes.get_data(), {item.nodeid: n for n, item in enumerate(items)}
        found: dict[str, Tests] = {}
        for module in MODULES:
            by_line = data.contexts_by_lineno(str(file_of(module).absolute()))
            of_any = {test for tests in by_line.values() for test in tests}
            found[module] = {
                line: sorted(filter(None, tests), key=order.__getitem__)
                for line, tests in {0: of_any, **by_line}.items()
            }
    answer.send((watch.words, found))


def live(mutant: Mutant, items: Sequence[pytest.Item], answer: Connection) -> None:
    """Be the mutant; answer which test noticed."""
    signal.alarm(PATIENCE)  # whoever hangs dies of it
    try:
        become(mutant)
    except Exception as error:
        answer.send(f"it cannot be imported: {error}")
        return
    answer.send(run_tests(items).failed)


def run_tests(items: Sequence[pytest.Item], passes: coverage.Coverage | None = None) -> Watch:
    """Quietly, until one fails."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(1, 2)
    watch = Watch(passes)
    items[0].config.pluginmanager.register(watch)
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if watch.failed:
            break
    return watch


def forked(work: Any, *given: Any) -> tuple[BaseProcess, Connection]:
    """Start it in a process that begins as this one is."""
    fork = multiprocessing.get_context("fork")
    answer, ours = fork.Pipe(duplex=False)
    process = fork.Process(target=work, args=(*given, ours))
    process.start()
    ours.close()
    return process, answer


def heard(answer: Connection) -> Any:
    """What a process answered; of one that has died, that."""
    try:
        return answer.recv()
    except EOFError:
        return "it takes too long"


def fates(
    every: Sequence[Mutant], passing: dict[str, Tests], items: Sequence[pytest.Item]
) -> Iterator[tuple[Mutant, str]]:
    """Each mutant and who noticed; empty for those that nobody did."""
    named = {item.nodeid: item for item in items}
    waiting, alive = list(reversed(every)), {}
    while waiting or alive:
        while waiting and len(alive) < JOBS:
            mutant = waiting.pop()
            lines = passing[mutant.module]
            tests = [named[test] for test in lines.get(mutant.line) or lines[0]]
            process, answer = forked(live, mutant, tests)
            alive[answer] = process, mutant
        for answer in wait(list(alive)):
            process, mutant = alive.pop(answer)
            yield mutant, heard(answer)
            process.join()


def main(modules: Sequence[str]) -> int:
    trials = Trials(modules or MODULES)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = directory
        quiet = [f"-p no:{plugin}" for plugin in ("terminal", "cacheprovider", "xdist")]
        where = ["-s", f"--basetemp={directory}/base", "-k", os.environ.get("K") or QUICK]
        code = pytest.main([*quiet, *where, *TESTS], plugins=[trials])
    if code:
        return int(code)
    sys.stdout.write(json.dumps({"mutants": sum(trials.told.values()), **trials.told}) + "\n")
    return 1 if trials.told["survived"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
