"""`make mutate`: weaken what decides, one place at a time; some test has to notice.

Cosmic Ray makes the mutants. pytest collects the tests once; each mutant is a fork of it, in which
the functions of one module get other code, and runs the tests that pass through the mutated line.
"""

import json
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NoReturn

import coverage
import pytest

from tests.mutants import MODULES, Mutant, become, file_of, mutants

UNITS = ["policy", "rules", "rights", "weighing", "granting"]
STORIES = [
    "desk",
    "standing",
    "gate",
    "approval",
    "deciding",
    "policy",
    "people",
    "editing",
    "telling",
]
TESTS = [
    *(f"tests/units/test_{name}.py" for name in UNITS),
    *(f"tests/flows/test_{name}.py" for name in STORIES),
]
QUICK = "not postgres and not clicks and not moment"
"""Stories of many people at once prove other things than comparisons."""
JOBS = 2
"""Mutants at once; each has thrice the time that all tests take without one, and a minute."""
ROOM = "PYTEST_DEBUG_TEMPROOT"
"""Where pytest keeps what tests write: who runs tests has a place of its own in it."""
DOCS = Path("docs/mutation.md")
WHY = ("killed", "explained", "survived")

Tests = dict[int, list[str]]
"""Line of a module → the tests that pass through it, in their order; 0: through any of it."""


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
        began = time.monotonic()
        process, answer = forked(measure, session.items)
        words, passing = heard(answer)
        process.join()
        if words:
            ends(f"They fail without any mutant.\n{words}")
        patience, explained = 60 + 3 * int(time.monotonic() - began), DOCS.read_text()
        alike = cycle(Mutant(m, 0, "", file_of(m).read_text()) for m in self._modules)
        same = [*islice(alike, max(JOBS, len(self._modules)))]
        for mutant, noticed in fates(same, passing, session.items, patience):
            if noticed:
                ends(f"`{mutant.module}` as it is fails, too: {noticed}")
        every = [mutant for module in self._modules for mutant in mutants(module)]
        for mutant, noticed in fates(every, passing, session.items, patience):
            why = "killed" if noticed else "survived"
            if not noticed and f"`{mutant.place}`: `{mutant.now}`" in explained:
                why = "explained"
            self.told[why] += 1
            where = f"{file_of(mutant.module)}:{mutant.line} `{mutant.place}`: `{mutant.now}`"
            sys.stderr.write(f"{why}: {where} {noticed}\n")
        return True


def ends(why: str) -> NoReturn:
    """There is nothing to learn from mutants; pytest, kept quiet, would not say why."""
    sys.stderr.write(f"{why}\n")
    pytest.exit(why, returncode=2)


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


def live(mutant: Mutant, items: Sequence[pytest.Item], patience: int, answer: Connection) -> None:
    """Be the mutant; answer which test noticed."""
    signal.alarm(patience)  # whoever hangs dies of it
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
    with tempfile.TemporaryDirectory(dir=os.environ[ROOM], ignore_cleanup_errors=True) as room:
        os.environ[ROOM] = room
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
        return "it took too long, or died"


def fates(
    every: Sequence[Mutant],
    passing: dict[str, Tests],
    items: Sequence[pytest.Item],
    patience: int,
) -> Iterator[tuple[Mutant, str]]:
    """Each mutant and who noticed; empty for those that nobody did."""
    named = {item.nodeid: item for item in items}
    waiting, alive = list(reversed(every)), {}
    while waiting or alive:
        while waiting and len(alive) < JOBS:
            mutant = waiting.pop()
            known = passing[mutant.module].get(mutant.line)  # nobody passes through a default
            tests = [named[test] for test in known] if known else items
            process, answer = forked(live, mutant, tests, patience)
            alive[answer] = process, mutant
        for answer in wait(list(alive)):
            process, mutant = alive.pop(answer)
            yield mutant, heard(answer)
            process.join()


def main(modules: Sequence[str]) -> int:
    trials = Trials(modules or MODULES)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = os.environ[ROOM] = directory
        os.environ["DATABASES"] = "both"  # or every second story would be told on the other one
        quiet = [f"-p no:{plugin}" for plugin in ("terminal", "cacheprovider", "xdist")]
        code = pytest.main([*quiet, "-s", "-k", QUICK, *TESTS], plugins=[trials])
    if code:
        return int(code)
    sys.stdout.write(json.dumps({"mutants": sum(trials.told.values()), **trials.told}) + "\n")
    return 1 if trials.told["survived"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
