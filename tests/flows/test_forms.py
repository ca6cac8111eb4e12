"""Forms: how a wish gets from the keyboard to the API, nothing lost on the way."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.flows.asking import TEMPLATE, agree
from tests.world import Human, World, words_of

BRUSSELS = ZoneInfo("Europe/Brussels")
FIRST_OF_MAY = int(datetime(2027, 5, 1, 9, 0, tzinfo=BRUSSELS).timestamp())
LATER_IN_MAY = int(datetime(2027, 5, 31, 18, 30, tzinfo=BRUSSELS).timestamp())

CONTENT = {
    "issuer": "Stone Bakery",
    "title": "10% off",
    "subtitle": "One per visit",
    "discount_value": "10",
}
LOOK = {
    "logo_image": "https://example.test/logo.png",
    "coupon_image": "https://example.test/coupon.png?w=1&h=2",
    "background_color": "#FFFFFF",
    "button_color": "#1F4E3D",
    "amount_limitation": "500",
    "code_prefix": "SPR",
    "code_length": "12",
    "code_type": "alphanumeric",
}


def to_the_period(ana: Human) -> Human:
    """The first two pages of the campaign form, filled in."""
    ana.types("/coupon campaign create").submits(template=TEMPLATE, name="Spring voucher")
    return ana.submits(**CONTENT)


def test_the_launcher_opens_a_form(world: World) -> None:
    ana = world.person("ana").types("/coupon")
    assert ana.view["title"]["text"] == "Vouchdesk"
    ana.presses("start:campaign.push_all")
    assert ana.view["title"]["text"] == "Push to everyone"
    ana.submits(campaign="cam_123456", message="Summer")
    world.tick()
    assert world.request().action == "campaign.push_all"


def test_what_is_typed_is_filled_in(world: World) -> None:
    ana = world.person("ana").types('/coupon campaign create template=cam_100001 name="Two words"')
    assert ana.filled["template"] == "cam_100001"
    assert ana.filled["name"] == "Two words"


def test_every_field_arrives_as_it_was_agreed_to(world: World) -> None:
    ana = to_the_period(world.person("ana"))
    ana.fills(start_date_kind="fixed").fills(start_date=FIRST_OF_MAY)
    ana.fills(expiry_date_kind="flexible").submits(expiry_date="1month")
    ana.submits(**LOOK)
    assert not ana.has_modal
    world.tick()
    agree(world, "bo")
    world.tick()
    [made] = world.api.created
    assert made["parameters"] == {
        "template": TEMPLATE,
        "name": "Spring voucher",
        **CONTENT,
        **LOOK,
        "start_date": "2027-05-01 09:00",
        "expiry_date": "1month",
        "amount_limitation": 500,
        "code_length": 12,
    }
    assert ana.was_told("is made")


def test_a_moment_is_picked_in_ones_own_zone_and_sent_in_that_of_the_account(world: World) -> None:
    world.starts_with(vouchdesk_timezone="America/New_York")
    ana = to_the_period(world.person("ana"))
    ana.fills(start_date_kind="fixed").fills(start_date=FIRST_OF_MAY)
    ana.fills(expiry_date_kind="fixed").submits(expiry_date=LATER_IN_MAY)
    ana.submits()
    world.tick()
    agree(world, "bo")
    world.tick()
    sent = world.api.created[0]["parameters"]
    assert sent["start_date"] == "2027-05-01 03:00"
    assert sent["expiry_date"] == "2027-05-31 12:30"


def test_going_back_and_forth_loses_nothing(world: World) -> None:
    ana = to_the_period(world.person("ana"))
    ana.fills(start_date_kind="flexible").fills(start_date="2days").presses("back")
    assert {name: ana.filled[name] for name in CONTENT} == CONTENT
    ana.presses("back")
    assert (ana.filled["template"], ana.filled["name"]) == (TEMPLATE, "Spring voucher")
    ana.submits(name="Summer voucher").submits(title="20% off")
    assert (ana.filled["start_date_kind"], ana.filled["start_date"]) == ("flexible", "2days")
    ana.submits().fills(button_color="#1F4E3D").presses("back")
    ana.submits()
    assert ana.filled["button_color"] == "#1F4E3D"
    ana.submits()
    world.tick()
    [inputs] = world.request().inputs
    assert inputs == {
        "template": TEMPLATE,
        "name": "Summer voucher",
        **CONTENT,
        "title": "20% off",
        "start_date": "2days",
        "button_color": "#1F4E3D",
    }


def test_what_is_emptied_stays_empty(world: World) -> None:
    ana = to_the_period(world.person("ana"))
    ana.presses("back").fills(subtitle=None).submits()
    ana.submits().submits()
    world.tick()
    assert "subtitle" not in world.request().inputs[0]


def test_a_flexible_start_taken_back_is_not_sent(world: World) -> None:
    ana = to_the_period(world.person("ana"))
    ana.fills(start_date_kind="flexible").fills(start_date="2days")
    ana.fills(start_date_kind="template").submits()
    ana.submits()
    world.tick()
    assert "start_date" not in world.request().inputs[0]


@pytest.mark.parametrize(
    ("page", "field", "value", "words"),
    [
        ("content", "discount_value", "ten", "A positive number"),
        ("content", "discount_value", "0", "A positive number"),
        ("look", "background_color", "green", "#1F4E3D"),
        ("look", "logo_image", "logo.png", "https://"),
        ("look", "code_length", "9", "10 or more"),
        ("look", "code_prefix", "SPR-1", "letters and digits"),
        ("look", "amount_limitation", "0", "1 or more"),
    ],
)
def test_an_error_stands_under_its_field(
    world: World, page: str, field: str, value: str, words: str
) -> None:
    ana = world.person("ana").types("/coupon campaign create").submits(template=TEMPLATE)
    if page == "look":
        ana.submits().submits()
    ana.submits(**{field: value})
    assert list(ana.errors) == [field]
    assert words in ana.errors[field]
    assert world.requests() == []


def test_it_cannot_expire_before_it_starts(world: World) -> None:
    ana = to_the_period(world.person("ana"))
    ana.fills(start_date_kind="fixed").fills(start_date=LATER_IN_MAY)
    ana.fills(expiry_date_kind="fixed").submits(expiry_date=FIRST_OF_MAY)
    assert ana.errors == {"expiry_date": "It has to expire after it starts."}
    ana.submits(expiry_date=LATER_IN_MAY + 3600)
    assert not ana.errors


def test_a_price_with_a_comma_is_understood(world: World) -> None:
    ana = world.person("ana").types("/coupon campaign create").submits(template=TEMPLATE)
    ana.submits(discount_value="2,50").submits().submits()
    world.tick()
    agree(world, "bo")
    world.tick()
    assert world.api.created[0]["parameters"]["discount_value"] == "2.50"


def test_what_is_typed_for_a_later_page_is_there_when_it_comes(world: World) -> None:
    ana = world.person("ana").types('/coupon-campaign cam_100001 title="10% off" code_length=12')
    ana.submits()
    assert ana.filled["title"] == "10% off"
    ana.submits().submits()
    assert ana.filled["code_length"] == "12"
    ana.submits()
    world.tick()
    [inputs] = world.request().inputs
    assert inputs == {"template": "cam_100001", "title": "10% off", "code_length": 12}


@pytest.mark.parametrize(
    ("typed", "title", "filled"),
    [
        ("/coupon-campaign cam_100001", "New campaign", {"template": "cam_100001"}),
        ("/coupon-find ada@example.test", "Find a coupon", {"email": "ada@example.test"}),
        ("/coupon-find +32470123456", "Find a coupon", {"phone": "+32470123456"}),
        (
            "/coupon-push cam_123456 Summer is here",
            "Push to everyone",
            {"campaign": "cam_123456", "message": "Summer is here"},
        ),
        ("/coupon-codes cam_123456 1000", "Single-use URLs", {"amount": "1000"}),
        ("/coupon session search email=a@b.test", "Find a coupon", {"email": "a@b.test"}),
    ],
)
def test_short_forms(world: World, typed: str, title: str, filled: dict[str, str]) -> None:
    ana = world.person("ana").types(typed)
    assert ana.view["title"]["text"] == title
    assert {name: str(ana.filled[name]) for name in filled} == filled


def test_the_shortcut_opens_a_new_campaign(world: World) -> None:
    ana = world.person("ana")._does("shortcut", callback_id="new_campaign")
    assert ana.view["title"]["text"] == "New campaign"


@pytest.mark.parametrize(
    "command", ["/coupon", "/coupon-campaign", "/coupon-find", "/coupon-push", "/coupon-codes"]
)
def test_help_explains_a_command(world: World, command: str) -> None:
    ana = world.person("ana").types(f"{command} help")
    assert ana.was_told(command)
    assert not ana.has_modal


def test_a_picker_searches_among_ten_thousand(world: World) -> None:
    world.api.reset(campaigns=10_000)
    ana = world.person("ana").types("/coupon campaign push_all")
    assert len(ana.offered("campaign", "")) == 100
    assert "cam_123456" in ana.offered("campaign", "SUMMER spl")
    assert ana.offered("campaign", "cam_123456") == ["cam_123456"]
    assert ana.offered("campaign", "no such thing at all") == []
    assert len(world.api.calls("/v3/coupon/list")) == 1


def test_the_same_submission_twice_is_one_request(world: World) -> None:
    ana = world.person("ana")
    ana.types("/coupon campaign push_all").submits(campaign="cam_123456", message="Summer")
    again = world.slack.deliveries[-1]
    assert again["kind"] == "view_submission"
    world.slack.does("redeliver", index=again["index"])
    world.workers.rest()
    world.tick()
    assert len(world.requests()) == 1
    assert len(world.slack.messages("approvals")) == 1


def test_the_lock_screen_is_shown_when_it_is_redrawn(world: World) -> None:
    ana = world.person("ana").types('/coupon-push cam_123456 "Summer starts today"')
    assert "Summer starts today" in words_of(ana.view["blocks"])
    ana.fills(message="Autumn starts today").fills(when="at")
    assert ana.filled["message"] == "Autumn starts today"
    assert ana.filled["campaign"] == "cam_123456"
