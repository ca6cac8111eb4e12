"""Send it to me first: a blast is tried out on the phone of whoever asks for it, and no other."""

from typing import Any

from store.tables import Consent
from tests.flows.asking import agree, asks_campaign, asks_push, buttons
from tests.flows.test_deciding import ON_SQLITE, declined
from tests.flows.test_pushes import a_holder
from tests.world import World, words_of

POLICY = """
rules:
  - rule: Reads
    when: {{risk: read}}
    allow: true
  - rule: Pushes to one's own phone
    when: {{to_self: true}}
    allow: true
  - rule: Changes
    when: {{risk: change}}
    unless: {{to_self: true}}
    approvals: 1
  - rule: Launches
    when: {{risk: launch}}
    approvals: 1
  - rule: Blasts
    when: {{risk: blast}}
    approvals: 2
seeds: {{U0BO: {seed}}}
"""


def reached(world: World) -> list[Any]:
    """Message and session of each push; no session: it went to all."""
    return [(push["message"], push.get("session")) for push in world.api.state["pushes"]]


def test_it_goes_to_the_askers_own_phone_first(world: World) -> None:
    seed = a_holder(world)
    world.under(POLICY.format(seed=seed))
    bo = asks_push(world, "bo")
    own = world.slack.card(bo.dm)
    assert "rehearse" in buttons(own)
    bo.presses("rehearse", ts=own["ts"], channel=bo.dm)
    assert bo.was_told("The message goes to your own phone.")
    world.tick()
    assert reached(world) == [("Summer", seed)]
    world.tick()
    assert "Sent to" in words_of(world.slack.card())
    assert "first" in words_of(world.slack.card())
    [blast, rehearsal] = world.requests()
    assert (blast.state, rehearsal.state) == (Consent.WAITING, Consent.SPENT)
    assert rehearsal.rehearses == blast.id
    world.slack.does("redeliver", index=world.slack.deliveries[-1]["index"])
    world.workers.rest()
    world.tick()
    assert len(world.requests()) == 2  # the same press
    bo.presses("edit", ts=own["ts"], channel=bo.dm).submits(message="Autumn")
    world.tick()
    world.slack.does("member", channel=bo.dm, user="cy")
    cy = world.person("cy").presses("rehearse", ts=own["ts"], channel=bo.dm)
    assert cy.was_told("Only the person who asked can try it out.")
    assert len(declined(world)) == 1


@ON_SQLITE
def test_a_push_to_a_loyalty_card_is_tried_out_too(world: World) -> None:
    world.under(POLICY.format(seed=a_holder(world)) + "holders: {U0BO: loy_500/usr_9}\n")
    for name in ("bo", "cy"):
        blast = {"loyaltycard": "loy_501", "message": "Double stamps"}
        world.bot.desk.ask("loyalty.push_all", blast, actor=f"U0{name.upper()}")
        world.tick()
        world.person(name).at_own_card("rehearse")
        world.tick()
    [push] = world.api.state["loyalty_pushes"]
    assert (push["loyaltycard"], push["user"], push["message"]) == (
        "loy_500",
        "usr_9",
        "Double stamps",
    )
    assert world.person("cy").was_told("“holders: {U0CY: card/user}”")
    states = [(request.action, request.state) for request in world.requests()]
    assert ("loyalty.push", Consent.SPENT) in states
    assert [state for action, state in states if action != "loyalty.push"] == [Consent.WAITING] * 2
    foreign = {"loyaltycard": "loy_501", "user": "usr_9", "message": "On another card"}
    world.bot.desk.ask("loyalty.push", foreign, actor="U0BO")
    world.tick()
    assert world.request().state is Consent.WAITING  # that is not the card on Bo's phone


@ON_SQLITE
def test_whose_phone_nobody_knows_is_told_how_to_say_so(world: World) -> None:
    world.under(POLICY.format(seed=a_holder(world)))
    ana = asks_push(world).at_own_card("rehearse")
    assert ana.was_told("have its session code put into the policy: “seeds: {U0ANA: its-code}”")
    assert reached(world) == []
    assert len(world.requests()) == 1
    asks_campaign(world)
    assert "rehearse" not in buttons(world.slack.card(ana.dm))


@ON_SQLITE
def test_a_rehearsal_is_no_way_to_somebody_elses_phone(world: World) -> None:
    world.under(POLICY.format(seed=a_holder(world)))
    asks_push(world, "cy")
    blast = world.request()
    given = {"campaign": "cam_123456", "couponsession": a_holder(world), "message": "Not mine"}
    world.bot.desk.ask("campaign.push", given, actor="U0CY", rehearses=blast.id)
    world.tick()
    assert world.request().state is Consent.WAITING
    assert reached(world) == []
    agree(world, "bo")
    world.tick()
    assert reached(world) == [("Not mine", a_holder(world))]
