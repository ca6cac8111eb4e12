"""The demo's policy: the built-in one, but nobody has to wait for it."""

from dataclasses import replace
from datetime import timedelta

from actions.rulebook import builtin, read
from bot.demo import rules
from sandbox.coupontools.seed import SPLASH, fresh

LONG, SHORT = (read(rules(short=short), "demo") for short in (False, True))


def test_it_differs_from_the_built_in_policy_in_brake_and_quiet_hours_only():
    calm = {"brake": timedelta(), "quiet": None}
    assert [replace(rule, **calm) for rule in LONG.rules] == [
        replace(rule, **calm) for rule in builtin().rules
    ]
    assert [rule.brake.seconds for rule in LONG.rules if rule.brake] == [15]
    assert [rule.brake.seconds for rule in SHORT.rules if rule.brake] == [3]


def test_the_phones_it_names_hold_a_coupon_of_the_sandbox():
    saved = {session.code for session in fresh().campaigns[SPLASH].sessions if session.saved}
    assert set(LONG.seeds.values()) <= saved
    assert sorted(LONG.seeds) == sorted(LONG.holders) == ["U0ANA", "U0BO", "U0CY"]
    holding = fresh().loyalty.cards["loy_500"].holdings
    assert {who.partition("/") for who in LONG.holders.values()} == {
        ("loy_500", "/", id) for id in [*holding][:3]
    }
