"""A link to a coupon gets a card, which says what any passer-by may read."""

import json
import time
from typing import Any

import pytest

from tests.flows.asking import SPLASH, campaign_of
from tests.world import World, words_of

LISTED = "/v3/coupon/list"


def url_of(name: str = "Summer splash") -> str:
    """The public address of a campaign."""
    return campaign_of(name).url


def says(world: World, text: str, by: str = "ana", channel: str = "marketing") -> dict[str, Any]:
    """The message as it stands when the bot has done with it."""
    ts = world.slack.does("say", user=by, channel=channel, text=text)["message"]["ts"]
    world.workers.rest()
    return next(each for each in world.slack.messages(channel) if each["ts"] == ts)


def cards(message: dict[str, Any]) -> str:
    return words_of([card["blocks"] for card in message.get("attachments", [])])


def test_a_link_to_a_campaign_says_its_name_status_and_last_day(world: World) -> None:
    known = campaign_of("Summer splash")
    told = cards(says(world, f"Have a look at {known.url}!"))
    assert "*Summer splash*" in told
    assert "*Status*\nactive" in told
    assert f"*Ends*\n{known.expiry[:10]}" in told
    assert SPLASH not in told


def test_a_link_to_somebodys_copy_says_nothing_of_them_and_asks_nothing(world: World) -> None:
    session = campaign_of("Summer splash").sessions[0]
    message = says(world, f"Is <{session.url}> still good?")
    told = cards(message)
    assert "*Summer splash*" in told and "one person's copy" in told
    secret = [session.code, session.own_code, *session.person]
    assert not [word for word in secret if word in json.dumps(message["attachments"][0]["blocks"])]
    assert {call["path"] for call in world.api.calls()} == {LISTED}


def test_a_name_that_would_call_everybody_calls_nobody(world: World) -> None:
    told = cards(says(world, url_of("<!channel> Free tickets")))
    assert "&lt;!channel&gt; Free tickets" in told


def test_several_links_get_a_card_each(world: World) -> None:
    urls = [url_of(name) for name in ("Student night", "Winter warmers")]
    message = says(world, " and ".join(urls))
    assert [card["from_url"] for card in message["attachments"]] == urls
    assert "inactive" in cards(message)


@pytest.mark.parametrize(
    "text",
    ["https://digicpn.com/p/nosuch", "https://digicpn.com/login", "https://digicpn.com/p/a/b/c"],
)
def test_a_link_that_is_not_of_this_account_stays_as_it_is(world: World, text: str) -> None:
    assert "attachments" not in says(world, text)


def test_a_guest_makes_no_card_appear(world: World) -> None:
    assert "attachments" not in says(world, url_of(), by="gil")
    assert world.api.calls(LISTED) == []


def test_in_a_channel_that_another_company_reads_there_is_no_card(world: World) -> None:
    world.slack.does("member", channel="marketing", user="U0ANA", shared=True)
    assert "attachments" not in says(world, url_of())
    assert world.api.calls(LISTED) == []


def test_who_may_not_list_campaigns_makes_no_card_appear(world: World) -> None:
    world.under("rules:\n- rule: Nobody\n  when: {risk: read}\n  refuse: Nobody looks.\n")
    assert "attachments" not in says(world, url_of())


def test_a_busy_channel_asks_the_account_once_a_minute(world: World) -> None:
    url = url_of()
    assert all("attachments" in says(world, f"{url} {number}") for number in range(12))
    assert len(world.api.calls(LISTED)) == 1


def test_while_the_account_does_not_answer_it_is_left_alone(world: World) -> None:
    url = url_of()
    world.api.fails(LISTED, times=50, status=500)
    assert not [1 for number in range(6) if "attachments" in says(world, f"{url} {number}")]
    asked = len(world.api.calls(LISTED))
    says(world, url)
    assert len(world.api.calls(LISTED)) == asked


def test_slack_is_answered_at_once_however_slow_the_account_is(world: World) -> None:
    world.api.fails(LISTED, delay_s=1.5)
    begun = time.monotonic()
    message = says(world, url_of())
    assert "Summer splash" in cards(message) and time.monotonic() - begun < 3
    [delivery] = [one for one in world.slack.deliveries if one["name"] == "link_shared"]
    assert delivery["status"] == 200 and delivery["ack_ms"] < 1_000


def test_the_same_delivery_again_does_nothing(world: World) -> None:
    message = says(world, url_of())
    [delivery] = [one for one in world.slack.deliveries if one["name"] == "link_shared"]
    world.slack.fails("chat.unfurl", error="internal_error")
    world.slack.does("redeliver", index=delivery["index"])
    world.workers.rest()
    after = next(m for m in world.slack.messages("marketing") if m["ts"] == message["ts"])
    assert after["attachments"] == message["attachments"]
    assert "attachments" not in says(world, url_of()), "the failure was still there"


def test_a_delivery_that_went_wrong_may_come_again(world: World) -> None:
    world.slack.fails("chat.unfurl", error="internal_error")
    message = says(world, url_of())
    assert "attachments" not in message
    [delivery] = [one for one in world.slack.deliveries if one["name"] == "link_shared"]
    world.slack.does("redeliver", index=delivery["index"])
    world.workers.rest()
    after = next(m for m in world.slack.messages("marketing") if m["ts"] == message["ts"])
    assert "Summer splash" in cards(after)


def test_while_a_message_is_written_nobody_knows_where_it_goes_so_there_is_no_card(
    world: World,
) -> None:
    answer = world.slack.does("compose", user="ana", text=f"Tomorrow: {url_of()}")
    world.workers.rest()
    assert world.slack.state["previews"][answer["unfurl_id"]] == []
