"""Everything outgoing is stopped: at once, for all to see, and until two approvers say so."""

from store import queries
from store.tables import Account, Consent, Progress
from tests.flows.asking import SPLASH, agree, asks_agreed_push, buttons, seen
from tests.flows.test_deciding import ON_SQLITE, declined
from tests.flows.test_sheets import hurry
from tests.world import World, words_of

ROWS = 30


def account(world: World) -> Account:
    with world.bot.office.store.look() as tx:
        return queries.accounts(tx)[0]


def is_stopped_in_the_middle(world: World, reason: str) -> None:
    """A sheet that was agreed to has begun; Ana stops it before it is done."""
    rows = [{"campaign": SPLASH, "email": f"c{n}@example.test"} for n in range(ROWS)]
    world.bot.desk.ask("single_use.create", *rows, actor="U0ANA")
    world.tick()
    agree(world, "bo")
    world.bot.jobs["mint"][0]()
    world.until(lambda: len(world.operations(Progress.DONE)) >= 3, "some rows are done")
    ana = world.person("ana").types(f"/coupon stop-all {reason}")
    assert ana.was_told("Everything outgoing is stopped.")
    world.settles()  # what was being answered comes in


def test_a_sheet_under_way_is_stopped_in_the_middle_and_goes_on(world: World) -> None:
    is_stopped_in_the_middle(world, "too many <!channel> mistakes")
    stopped_at = len(writes(world))
    assert 3 <= stopped_at < ROWS
    world.stops()
    world.starts()  # a restart lets nothing go
    hurry(world)
    world.passes(minutes=1)
    assert len(writes(world)) == stopped_at
    assert {op.state for op in world.operations()} == {Progress.DONE, Progress.HELD}
    assert account(world).stopped_at

    card = world.slack.card()
    assert "Everything outgoing is stopped" in words_of(card)
    assert "too many &lt;!channel&gt; mistakes" in words_of(card)
    ana = world.person("ana").at_card("resume_all")
    assert ana.was_told("Only approvers can let things go out again")
    bo = world.person("bo").at_card("resume_all")
    assert "<@U0BO> would let it go again" in words_of(world.slack.card())
    bo.at_card("resume_all")
    assert bo.was_told("it takes one more approver")
    world.person("cy").types("/coupon resume-all")
    assert "Everything goes out again: <@U0BO> and <@U0CY> said so" in words_of(world.slack.card())
    assert buttons(world.slack.card()) == []
    world.tick()
    assert len(writes(world)) == ROWS
    assert {op.state for op in world.operations()} == {Progress.DONE}
    assert [line.because.partition(":")[0] for line in declined(world)] == ["resume all"] * 2


def writes(world: World) -> list[object]:
    """The rows that Coupontools was asked for."""
    return [call for call in world.api.calls() if "single" in call["path"]]


@ON_SQLITE
def test_a_blast_that_becomes_due_meanwhile_has_to_be_agreed_to_again(world: World) -> None:
    asks_agreed_push(world)
    bo = world.person("bo").types("/coupon stop all")
    world.tick()
    world.tick()
    request = world.request()
    assert (request.state, request.version) == (Consent.WAITING, 2)
    assert "Everything outgoing was stopped by Bo Lindqvist" in seen(world)
    bo.types("/coupon")
    assert "It takes two approvers to let it go again." in words_of(bo.view)
    assert "stopped everything outgoing" in bo.opens_home().home
    agree_meanwhile(world)
    world.tick()
    assert world.api.pushed == []  # agreed to again, and still stopped
    world.slack.does("close", user="bo")
    for name in ("bo", "cy"):
        person = world.person(name).opens_home()
        person.presses("resume_all", view_id=world.slack.state["homes"][person.id]["id"])
    assert "stopped everything outgoing" not in world.person("bo").opens_home().home
    world.tick()
    assert world.api.pushed == []
    agree_meanwhile(world)
    world.tick()
    assert len(world.api.pushed) == 1


def agree_meanwhile(world: World) -> None:
    """Bo and Cy agree to the newest request at its card, wherever that stands by now."""
    world.tick()
    card = next(m for m in world.slack.messages("approvals") if "approve_with" in buttons(m))
    for name in ("bo", "cy"):
        person = world.person(name)
        person.presses("approve_with", ts=card["ts"], channel="approvals").submits(reached="812")


@ON_SQLITE
def test_an_old_button_lets_no_later_stop_go(world: World) -> None:
    bo, cy = world.person("bo"), world.person("cy")
    bo.types("/coupon stop-all")
    bo.types("/coupon stop-all")
    assert bo.was_told("Everything is stopped already, by Bo Lindqvist.")
    old = world.slack.card()
    mark = old["blocks"][2]["elements"][0]["value"]
    for person in (bo, cy):
        person.types("/coupon resume-all")
    cy.types("/coupon resume-all")
    assert cy.was_told("goes out again already")
    cy.types("/coupon stop-all")
    card = world.slack.card()
    assert card["ts"] != old["ts"]
    for block in card["blocks"]:
        for element in block.get("elements", ()):
            if element.get("action_id") == "resume_all":
                element["value"] = mark
    where = {"channel": card["channel"], "ts": card["ts"], "blocks": card["blocks"]}
    world.bot.client.chat_update(**where, text="x")
    bo.at_card("resume_all")
    assert bo.was_told("What was stopped then goes out again already.")
    assert account(world).resumed_by == ""
    guest = world.person("gil").types("/coupon stop-all")
    assert guest.was_told("Guests and people from outside cannot use this.")
