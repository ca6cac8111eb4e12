"""The card of a push to everyone through its whole life: each face of it is kept as a file."""

import json
from datetime import date, time, timedelta
from typing import Any

import pytest
from keeping import same_as_before
from telling import NOW, run, story, terms_of, yes

from actions.approvals import ALONE
from actions.catalog import CATALOG
from actions.gate import GONE
from actions.rules import Hours
from actions.terms import Escalation, Need, Terms
from bot.views.request import request_card
from bot.views.story import Change, Story
from sandbox.slack.blockkit import check
from schedules.foresight import Clash, Coming, LeftOut, Outlook
from store.tables import Consent, Progress

PUSH = CATALOG["campaign.push_all"]
BOTH = ("U0BO", "U0CY")
MORNING = NOW + timedelta(hours=23)
SOON = NOW + timedelta(seconds=100)
MANY = Terms(
    "0123456789ab",
    (
        Need(2, frozenset({"approver"}), "Blasts"),
        Need(1, frozenset({"finance", "board"}), "More than 10,000 people"),
    ),
    brake=timedelta(minutes=2),
    quiet=(Hours(time(21), time(8)),),
    escalation=Escalation(timedelta(hours=24), frozenset({"managers"})),
)


def held(why: str, words: str, **also: Any) -> list[Any]:
    return [run(Progress.HELD, 0, words, held_for=why, **also)]


FACES = {
    "waiting": story(PUSH),
    "partly": story(PUSH, agreed=["U0BO"]),
    "several": story(PUSH, agreed=[yes("U0BO", on_behalf="U0CY")], terms=MANY, rehearsed=[NOW]),
    "changed": story(PUSH, version=2, change=Change("U0ANA", "Changed by the person who asked")),
    "voided": story(PUSH, version=3, change=Change("runner", "The policy has changed.")),
    "braking": story(PUSH, Consent.GRANTED, agreed=BOTH, next_at=SOON, granted_at=NOW),
    "stopped": story(PUSH, Consent.PAUSED, agreed=BOTH, next_at=SOON, problem="Stopped by Ana"),
    "alone": story(
        PUSH,
        Consent.GRANTED,
        agreed=[yes("U0ANA", ALONE, comment="The voucher of yesterday is void at every till")],
        next_at=SOON,
    ),
    "quiet": story(
        PUSH,
        Consent.SPENT,
        agreed=BOTH,
        runs=held("quiet", "Quiet hours until 08:00 (Europe/Brussels).", held_until=MORNING),
    ),
    "late": story(
        PUSH,
        Consent.SPENT,
        agreed=BOTH,
        runs=held("late", "Too late to run without asking."),
    ),
    "all_stopped": story(
        PUSH,
        Consent.SPENT,
        agreed=BOTH,
        runs=held("stopped", "Everything outgoing was stopped by Bo."),
    ),
    "series": story(
        PUSH,
        Consent.GRANTED,
        agreed=BOTH,
        crontab="0 9 * * mon,tue,wed,thu,fri",
        timezone="Europe/Brussels",
        until=date(2026, 12, 24),
        made=3,
        next_at=MORNING,
        outlook=Outlook(
            "Europe/Brussels",
            [Coming(MORNING)],
            repeats=True,
            left_out=[LeftOut(MORNING + timedelta(days=2), date(2026, 11, 27))],
            clashes=[Clash("req_fedcba9876543210", MORNING + timedelta(hours=8))],
        ),
    ),
    "orphaned": story(PUSH, Consent.PAUSED, agreed=BOTH, next_at=MORNING, problem=GONE),
    "done": story(PUSH, Consent.SPENT, agreed=BOTH, runs=[run(Progress.DONE)]),
    "refused": story(
        PUSH, Consent.REFUSED, agreed=["U0BO"], problem="Too close to Christmas", decided_by="U0CY"
    ),
    "unclear": story(
        PUSH,
        Consent.SPENT,
        agreed=BOTH,
        runs=[run(Progress.UNCLEAR, 0, "No answer within 30 seconds.")],
    ),
}


FACES["series"].request.runs = 20


def card(told: Story, *, for_approvers: bool = True) -> str:
    drawn = request_card(told, for_approvers=for_approvers).to_dict()
    return json.dumps(drawn, ensure_ascii=False)


@pytest.mark.parametrize("face", [*FACES])
def test_it_looks_as_it_did(face: str):
    drawn = request_card(FACES[face], for_approvers=True).to_dict()
    assert check(drawn, "message") == []
    assert same_as_before(f"life.{face}", drawn)


def test_it_says_whose_yes_is_missing_and_who_spoke_for_whom():
    said = card(FACES["several"])
    assert "1 agreed: <@U0BO> for <@U0CY> · still needed: 1 of the approvers, 1 of board" in said
    assert "“More than 10,000 people” asks for 1 of board or finance" in said
    assert "Sent to <@U0ANA>'s own phone first" in said
    waiting = story(PUSH, terms=MANY, waiting_since=NOW - timedelta(hours=25))
    assert "still needed: 2 of the approvers or managers" in card(waiting)
    assert "more people may decide now" in card(waiting)


def test_it_counts_down_and_can_be_stopped_until_it_goes_out():
    assert "Goes out in 1 min 40 s, at <!date^1795424500^{time_secs}|09:01:40 UTC>" in card(
        FACES["braking"]
    )
    assert '"action_id": "stop"' in card(FACES["braking"])
    far = story(PUSH, Consent.GRANTED, agreed=BOTH, next_at=MORNING)
    assert "Agreed: scheduled" in card(far)
    assert '"action_id": "stop"' in card(far)
    now = story(PUSH, Consent.GRANTED, agreed=BOTH, next_at=NOW)
    assert "Agreed: starts now" in card(now)


def test_it_says_what_changed_and_that_older_approvals_are_void():
    assert "changed by <@U0ANA>. What was agreed to before does not count any more." in card(
        FACES["changed"]
    )
    again = story(
        PUSH,
        agreed=["U0BO"],
        version=2,
        change=Change("runner", "It would reach 900 people by now; 812 were agreed to."),
        problem="It would reach 900 people by now; 812 were agreed to.",
        runs=[run(Progress.DROPPED, 0, "It would reach 900 people by now; 812 were agreed to.")],
    )
    assert card(again).count("It would reach 900 people by now") == 1
    assert "does not count" not in card(again)


def test_only_what_is_held_at_night_can_be_sent_now():
    assert "Send now …" in card(FACES["quiet"])
    assert "run_late" not in card(FACES["all_stopped"])
    assert "Held for quiet hours until <!date" in card(FACES["quiet"])


def test_a_series_says_when_until_when_and_what_to_think_of():
    said = card(FACES["series"])
    assert "Every workday at 09:00 (Europe/Brussels) until 24 Dec 2026, 20 runs at the most" in said
    assert "20 runs at the most, 3 so far, next <!date^" in said
    assert "Left out, as these are blackout days: Thu 26 Nov 2026 to Fri 27 Nov 2026." in said
    assert (
        "Another push to the same people is planned within 24 hours: req_fedcba9876543210" in said
    )
    assert '"action_id": "shift"' in said


def test_what_is_held_as_its_owner_has_left_says_how_it_goes_on():
    assert "It goes on when they are back and an approver says so" in card(FACES["orphaned"])


def test_what_cannot_be_undone_is_said_before_and_not_after():
    assert "A push cannot be recalled" in card(FACES["waiting"])
    assert "A push cannot be recalled" not in card(FACES["done"])
    assert terms_of(PUSH).brake == timedelta(minutes=2)
