"""Which batch a code came from, by whatever people call it."""

import json

import pytest
from pydantic import SecretStr
from sqlalchemy import delete

from store.tables import Mark
from tests.console import vouchdesk
from tests.flows.test_batches import asks, rows
from tests.world import World, words_of


def found(world: World, code: str) -> str:
    ana = world.person("ana").types(f"/coupon-find {code}").submits()
    return words_of(ana.view)


def settings(world: World) -> dict[str, str]:
    """The environment that the bot of this world runs in."""
    given = world.settings.model_dump()
    plain = {
        name.upper(): value.get_secret_value() if isinstance(value, SecretStr) else value
        for name, value in given.items()
    }
    return {name: str(value) for name, value in plain.items() if value not in (None, "")}


def test_a_code_of_a_batch_leads_to_it(world: World) -> None:
    asks(world)
    url, whole, short, _, own_code = rows(world)[25]
    request = world.request().id
    for name in (own_code, own_code.lower(), short, whole, url):
        said = found(world, name)
        assert f"part 2 of 3 of {request}, asked for by Ana Costa" in said, name
        assert "cam_123456" in said
    assert f"Show {short}" in found(world, short)
    assert f"part 2 of 3 of {request}" in words_of(
        world.person("ana").types(f"/coupon session info couponsession={whole}").submits().view
    )


def test_its_card_is_one_press_away(world: World) -> None:
    asks(world, 20)
    ana = world.person("ana").types(f"/coupon-find {rows(world)[3][4]}").submits()
    assert world.slack.card()["ts"].replace(".", "") in json.dumps(ana.view)


def test_the_command_line_tells_it_too(world: World) -> None:
    asks(world)
    own_code, request = rows(world)[45][4], world.request().id
    world.stops()
    asked = ("ask", "session.search", "--input", f"code={own_code}")
    told = vouchdesk(settings(world), *asked)
    assert f"part 3 of 3 of {request}" in told.output
    batch = json.loads(vouchdesk(settings(world), *asked, "--json").stdout)["batch"]
    assert (batch["part"], batch["request"], batch["actor"]) == (3, request, "U0ANA")


def test_of_two_batches_with_one_prefix_it_is_the_right_one(world: World) -> None:
    asks(world, 20)
    first = {row[4] for row in rows(world)}
    asks(world, 20)
    second = world.request().id
    mine = next(row[4] for row in rows(world) if row[4] not in first)
    assert second in found(world, mine)


def test_when_the_codes_are_gone_it_says_of_whose_it_may_be(world: World) -> None:
    asks(world)
    _, whole, _, _, own_code = rows(world)[25]
    request = world.request().id
    world.later(days=8)
    world.bot.jobs["prune"][0]()
    for name in (own_code,):
        said = found(world, name)
        assert "May be from a batch" in said
        assert f"{request}: its codes are not kept here any more" in said
    ana = world.person("ana").types(f"/coupon session info couponsession={whole}").submits()
    assert f"{request}: its codes are not kept here" in words_of(ana.view)


@pytest.mark.parametrize("code", ["nobody@example.test", "UNKNOWN-77", "abc123"])
def test_what_is_of_no_batch_is_found_as_before(world: World, code: str) -> None:
    asks(world, 20)
    assert "batch" not in found(world, code)


def test_what_was_kept_before_there_were_marks_is_found_too(world: World) -> None:
    asks(world)
    with world.bot.office.store.begin() as tx:
        tx.execute(delete(Mark))
    assert "part 2 of 3" in found(world, rows(world)[25][4])
