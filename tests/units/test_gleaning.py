"""What a message names that can be looked up."""

import pytest

from actions.replies import Campaigns
from bot.gleaning import gleaned

SESSION = "h4mz0q7ty2ke9wd5rbn1x"
LISTED = Campaigns.model_validate(
    {
        "coupon_info": [
            {"ID": "cam_1", "code": "aB3xY9", "name": "Spring"},
            {"ID": "cam_2", "code": "Ab3Xy9", "name": "Autumn"},
            {"ID": "cam_3", "code": "qW12er", "name": "Winter"},
        ]
    }
)


def found(text: str, **more: object) -> list[tuple[str, dict[str, str]]]:
    offers = gleaned({"text": text, **more}, LISTED)
    return [(offer.action, dict(offer.given)) for offer in offers]


@pytest.mark.parametrize(
    ("text", "action", "given"),
    [
        (f"<https://digicpn.com/p/ab3xy9/{SESSION}|here>", "session.info", SESSION),
        (f"https://digicpn.com/p/ab3xy9/{SESSION}?src=qr#top).", "session.info", SESSION),
        (f"code {SESSION.upper()}!", "session.info", SESSION),
        ("https://www.digicpn.com/p/qw12er", "campaign.info", "cam_3"),
        ("https://digicpn.com/p/aB3xY9/", "campaign.info", "cam_1"),
        ("how is cam_400123?", "campaign.info", "cam_400123"),
        ("<mailto:ada@example.test|ada@example.test> asks", "session.search", "ada@example.test"),
        ("call <tel:+32470123456|+32 470 12 34 56>", "session.search", "+32470123456"),
        ("+32 (470) 12-34-56", "session.search", "+32470123456"),
        ("`SPRING-77Q` does not work", "session.search", "SPRING-77Q"),
        ("0020000001", "session.search", "0020000001"),
        ("https://digicpn.com/p/qw12er/abc123", "session.search", "abc123"),
    ],
)
def test_one_thing_is_taken_out(text: str, action: str, given: str) -> None:
    [(name, inputs)] = found(text)
    assert (name, [*inputs.values()]) == (action, [given])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Lunch at 12:30 on 2026-05-01, v2 of the 4th",
        "<@U0ANA99> and <#C0MARKETING1|marketing> and <!subteam^S12345|@all>",
        "https://example.test/p/ab3xy9/h4mz0q7ty2ke9wd5rbn1x",
        "https://digicpn.com.example.test/p/ab3xy9",
        "https://[digicpn.com/p/ab3xy9",
    ],
)
def test_what_is_no_code_is_left_alone(text: str) -> None:
    assert found(text) == []


def test_of_two_campaigns_written_alike_none_is_taken_for_the_other() -> None:
    assert found("https://digicpn.com/p/ab3xy9") == [("session.search", {"code": "ab3xy9"})]


def test_the_same_thing_twice_is_one_thing() -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": f"*{SESSION}*"}}]
    attachments = [{"title": SESSION, "fields": [{"title": "Mail", "value": "a@example.test"}]}]
    things = found(
        f"https://digicpn.com/p/ab3xy9/{SESSION}", blocks=blocks, attachments=attachments
    )
    assert [name for name, _ in things] == ["session.info", "session.search"]


def test_a_very_long_message_is_read_in_time() -> None:
    assert found("a1-" * 20_000 + "+1 2" * 5_000 + "a@b." * 5_000) is not None
