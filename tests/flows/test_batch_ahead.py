"""A planned batch says beforehand that it begins; the command line follows one to its end."""

import os
import pty
import subprocess
import sys
from datetime import timedelta

import pytest

from actions.desk import When
from store.tables import Progress
from tests.console import vouchdesk
from tests.flows.asking import agree
from tests.flows.test_batches import CODES, MANY, asks
from tests.flows.test_origins import settings
from tests.world import World, words_of


def plans(world: World, **ahead: int) -> None:
    """A batch for later, agreed to."""
    given = {"campaign": "cam_123456", "amount": 50, "part": 20, **CODES}
    when = When(at=world.now() + timedelta(**ahead), timezone="Europe/Brussels")
    world.bot.desk.ask("single_use.create_many", given, actor="U0ANA", when=when)
    world.tick()
    agree(world, "bo")
    world.tick()


def announced(world: World) -> list[str]:
    """In the approvers' channel."""
    found = [words_of(said) for said in world.slack.messages("approvals")]
    return [words for words in found if "it begins" in words]


def foretells(world: World) -> None:
    world.bot.jobs["foretell"][0]()


def test_a_quarter_of_an_hour_before_both_sides_are_told_once(world: World) -> None:
    plans(world, hours=2)
    foretells(world)
    assert announced(world) == []
    world.later(hours=1, minutes=46)
    for _ in range(3):
        foretells(world)
    [words] = announced(world)
    assert "50 single-use URLs for “Summer splash”" in words
    ana = world.person("ana")
    assert ana.was_told("it begins")
    assert world.api.calls(MANY) == []
    world.later(minutes=15)
    world.tick()
    assert ana.was_told("50 single-use URLs are made")
    foretells(world)
    assert len(announced(world)) == 1


def test_what_was_taken_back_is_not_announced(world: World) -> None:
    plans(world, hours=2)
    world.bot.desk.withdraw(world.request().id, actor="U0ANA")
    world.later(hours=1, minutes=50)
    foretells(world)
    assert announced(world) == []


def test_what_begins_at_once_is_not_announced(world: World) -> None:
    asks(world, 20)
    foretells(world)
    assert announced(world) == []


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_the_command_line_follows_it_line_by_line(world: World) -> None:
    asks(world)
    told = vouchdesk(settings(world), "follow", world.request().id)
    assert told.exit_code == 0, told.output
    assert "done, part 3 of 3, 50 of 50" in told.output
    assert "\x1b" not in told.output


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_the_command_line_says_why_it_rests(world: World) -> None:
    world.api.fails(MANY, error_code=502)
    asks(world)
    assert world.operations()[0].state is Progress.FAILED
    told = vouchdesk(settings(world), "follow", world.request().id)
    assert told.exit_code == 1
    assert "(code 502)" in told.stderr


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_what_waits_is_said_without_waiting_for_it(world: World) -> None:
    plans(world, hours=2)
    told = vouchdesk(settings(world), "follow", world.request().id, "--no-wait")
    assert told.exit_code == 0
    assert told.output.strip() == f"{world.request().id}: granted"
    assert vouchdesk(settings(world), "follow", "req_nothing").exit_code == 1


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_on_a_terminal_there_is_a_bar(world: World) -> None:
    asks(world)
    ours, theirs = pty.openpty()
    command = (sys.executable, "-c", "from bot.cli import main; main()", "follow")
    env = {**os.environ, **settings(world), "TERM": "xterm", "COLUMNS": "160"}
    watched = (*command, world.request().id)
    with subprocess.Popen(watched, stdout=theirs, stderr=theirs, env=env) as running:
        os.close(theirs)
        shown = b""
        while block := _read(ours):
            shown += block
    os.close(ours)
    assert running.returncode == 0, shown
    assert "━" in shown.decode()
    assert "50/50" in shown.decode()


def _read(terminal: int) -> bytes:
    """What stands there; nothing once the other side has closed it."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""
