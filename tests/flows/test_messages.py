"""Messages: one thing to one person, and who is in a group."""

import json

import pytest

from actions.fields import PHONE
from tests.flows.asking import agree
from tests.world import World, words_of

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def sent(world: World) -> list[dict[str, str]]:
    return list(world.api.state["messages"])


def test_a_coupon_goes_out_by_email_once(world: World) -> None:
    bo = world.person("bo").types("/coupon message email").submits(email="ada@example.test")
    assert bo.errors == {"campaign": "Choose a campaign, a directory or a loyalty card."}
    bo.submits(campaign="cam_123456", subject="For you", check_unique="yes")
    assert not bo.errors
    world.tick()
    assert sent(world) == []
    agree(world, "cy")
    world.tick()
    [mail] = sent(world)
    assert (mail["kind"], mail["campaign"], mail["email"], mail["subject"]) == (
        *("email", "cam_123456", "ada@example.test"),
        "For you",
    )
    assert bo.was_told("The e-mail is sent")
    assert "ada@example.test" not in json.dumps(world.slack.state["messages"])

    bo.types("/coupon message email email=ada@example.test campaign=cam_123456")
    bo.submits(check_unique="yes")
    world.tick()
    agree(world, "cy")
    world.tick()
    assert bo.was_told("No e-mail was sent")
    assert len(sent(world)) == 1


def test_a_directory_or_a_card_goes_out_by_text_message(world: World) -> None:
    ana = world.person("ana").types("/coupon message sms phone=+32470123456")
    state = world.api.state
    directory, card = state["directories"][0]["ID"], state["loyalty"]["cards"][0]["ID"]
    ana.submits(directory=directory, card=card)
    assert ana.errors == {"card": "One at a time: choose this or the other."}
    ana.submits(card=None, body="Have a look")
    world.tick()
    [text] = sent(world)
    assert (text["campaign"], text["phone"], text["body"]) == (
        *(directory, "+32470123456"),
        "Have a look",
    )
    ana.types("/coupon message sms phone=+32470123456").submits(card=card)
    world.tick()
    assert sent(world)[-1]["campaign"] == card


def test_a_group_is_made_and_filled(world: World) -> None:
    ana = world.person("ana").types("/coupon message create_sms_group").submits(group_name="Brunch")
    world.tick()
    [group] = [each for each in world.api.state["groups"] if each["name"] == "Brunch"]
    ana.types("/coupon message add_sms_contact").submits(smsgroup=group["ID"], phone="0470")
    assert ana.errors == {"phone": PHONE}
    ana.submits(phone="+32 470 12 34 56", first_name="Ada", birthday="1990-05-17")
    world.tick()
    ana.types("/coupon message sms_contacts").submits(smsgroup=group["ID"])
    shown = words_of(ana.view["blocks"])
    assert "1 contact" in shown
    assert "+32470123456" in shown
    ana.types("/coupon message email_groups").submits()
    assert "Newsletter" in words_of(ana.view["blocks"])
