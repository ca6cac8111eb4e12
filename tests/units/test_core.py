"""A process keeps to one core, and two of them never to the same one."""

import os
import subprocess
import sys
from threading import Thread

import pytest

from bot.core import one_core

CORES = os.sched_getaffinity(0)

pytestmark = pytest.mark.skipif(len(CORES) < 2, reason="there is one core only")

OURS = f"\0test-{os.getpid()}-core-{{}}"
"""Bots of other stories may be running beside this one."""

HOLDS = """
import sys
from bot.core import one_core

with one_core(sys.argv[1].replace("@", chr(0))) as core:
    print(core, flush=True)
    input()
"""


def test_threads_begun_within_keep_to_it_and_others_may_go_anywhere_afterwards() -> None:
    found: list[set[int]] = []
    with one_core(OURS) as core:
        thread = Thread(target=lambda: found.append(os.sched_getaffinity(0)))
        thread.start()
        thread.join()
    assert found == [{core}]
    assert os.sched_getaffinity(0) == CORES


def test_no_two_processes_have_the_same_and_the_last_ones_none() -> None:
    held = [
        subprocess.Popen(
            [sys.executable, "-c", HOLDS, OURS.replace(chr(0), "@")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(len(CORES) + 1)
    ]
    try:
        said = [process.stdout.readline().strip() for process in held if process.stdout]
    finally:
        for process in held:
            process.communicate("\n", timeout=20)
    assert sorted(said) == sorted([*map(str, CORES), "None"])
    with one_core(OURS) as core:
        assert core in CORES, "they are free again"
