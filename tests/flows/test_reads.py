"""Reads: answered in the modal, at once, however long Coupontools takes."""

from store.tables import Progress
from tests.world import World, words_of

SEARCH, LIST = "/v3/couponsession/search", "/v3/coupon/list"


def somebody(world: World) -> dict[str, str]:
    """A guest of the account, and the session that is theirs."""
    keys = {"X-Client-Id": "sandbox-id", "X-Client-Secret": "sandbox-secret"}
    body = {"campaign": "cam_123456", "email": "ada@example.test", "firstname": "Ada"}
    answer = world.api.http.post(f"{world.api.url}/v3/singleuse/create", json=body, headers=keys)
    return dict(answer.json())


def test_find_by_email(world: World) -> None:
    session = somebody(world)["single_use_code"]
    ana = world.person("ana").types("/coupon-find ada@example.test").submits()
    shown = words_of(ana.view["blocks"])
    assert "1 coupon session" in shown
    assert session in shown
    assert world.requests() == []


def test_nothing_found(world: World) -> None:
    ana = world.person("ana").types("/coupon-find nobody@example.test").submits()
    shown = words_of(ana.view["blocks"])
    assert "not found" in shown
    assert "code 505" in shown


def test_something_to_look_for_is_needed(world: World) -> None:
    ana = world.person("ana").types("/coupon-find").submits()
    assert ana.errors == {"code": "Give a code, an e-mail address or a phone number."}
    ana.submits(email="not an address")
    assert ana.errors == {"email": "An e-mail address looks like ana@example.com."}
    ana.submits(email=None, phone="0470")
    assert ana.errors == {
        "phone": "A phone number looks like +32470123456, with the country in front."
    }


def test_a_campaign_is_shown(world: World) -> None:
    ana = world.person("ana").types("/coupon campaign info cam_123456").submits()
    shown = words_of(ana.view["blocks"])
    assert "Summer splash" in shown
    assert "cam_123456" in shown


def test_ten_thousand_campaigns(world: World) -> None:
    world.api.reset(campaigns=10_000)
    ana = world.person("ana").types("/coupon campaign list").submits()
    shown = words_of(ana.view["blocks"])
    assert "10,003 campaigns" in shown
    assert "and 9,983 more" in shown


def test_slack_is_answered_before_coupontools_answers(world: World) -> None:
    somebody(world)
    world.api.fails(SEARCH, delay_s=2)
    ana = world.person("ana").types("/coupon-find ada@example.test").submits()
    assert "Asking Coupontools" in words_of(ana.answer["view"])
    assert "1 coupon session" in words_of(ana.view["blocks"])
    assert all(delivery["ack_ms"] < 3_000 for delivery in world.slack.deliveries)


def test_coupontools_does_not_answer_a_read(world: World) -> None:
    world.api.fails(SEARCH, drop="before")
    ana = world.person("ana").types("/coupon-find ada@example.test").submits()
    assert "Coupontools did not answer in time." in words_of(ana.view["blocks"])


def test_a_modal_closed_meanwhile_harms_nobody(world: World) -> None:
    world.api.fails(LIST, delay_s=0.5)
    ana = world.person("ana").types("/coupon campaign list")
    world.slack.does("submit", user="ana", values={})
    world.slack.does("close", user="ana")
    world.workers.rest()
    assert not ana.has_modal
    assert not ana.was_told("campaigns")


def test_a_repeated_read_is_a_report(world: World) -> None:
    somebody(world)
    ana = world.person("ana").types("/coupon-find ada@example.test")
    ana.fills(when="repeat").submits()
    world.tick()
    due = world.request().next_at
    assert due is not None
    world.shift += due - world.now()
    world.tick()
    assert len(world.operations(Progress.DONE)) == 1
    told = words_of(world.slack.messages(ana.dm))
    assert "1 coupon session" in told
    assert "ada@example.test" not in told


def test_hostile_names_in_a_list_notify_nobody(world: World) -> None:
    ana = world.person("ana")
    world.bot.desk.ask("campaign.list", {}, actor=ana.id)
    world.tick()
    told = world.slack.messages(ana.dm)
    assert "Free tickets" in words_of(told)
    assert {who for message in told for who in message["notifies"]} <= {"U0ANA"}
