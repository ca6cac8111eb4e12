"""What every action must hold, by being in the catalogue."""

import re
from dataclasses import replace

import pytest

from actions.action import AnyAction, Risk
from actions.catalog import CATALOG
from actions.fields import Choice, Lookup, Moment, fields, is_private, kind_of, title_of
from bot.forms import BY_HAND, WHEN_FIELDS
from bot.grammar import LOOSE, SHORT_FORMS, action_of, parse
from bot.handbook import command

ALL = [*CATALOG.values()]
each = pytest.mark.parametrize("action", ALL, ids=lambda action: action.name)
SECRET = re.compile(r"password|passwd|secret|token|(^|_)key($|_)|credential", re.IGNORECASE)


def test_no_two_actions_share_a_name():
    assert len({_typed(name) for name in CATALOG}) == len(CATALOG)


def _typed(name: str) -> str:
    return name.replace(".", "_")


@each
def test_its_name_is_of_the_grammar(action: AnyAction):
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*", action.name)
    assert (
        action_of(action.name.replace(".", " ").replace("_", " ").split(), CATALOG) == action.name
    )


@each
def test_its_title_and_summary_fit(action: AnyAction):
    assert 1 <= len(action.title) <= 24
    assert 1 <= len(action.summary) <= 75
    assert not action.summary.endswith(".")


@each
def test_its_example_is_valid_and_its_reply_readable(action: AnyAction):
    asked = action.inputs.model_validate(action.example.inputs)
    card = action.present(action.output.model_validate(action.example.reply))
    assert card.text
    for step in action.steps:
        assert step.payload(asked, {}) is not None


@each
def test_its_example_can_be_typed(action: AnyAction):
    typed = parse(command(action).removeprefix("/coupon "))
    assert action_of(typed.words, CATALOG) == action.name
    assert action.inputs.model_validate(typed.given)


@each
def test_a_blast_says_first_whom_it_would_reach(action: AnyAction):
    assert action.risk is not Risk.BLAST or action.preview is not None


@each
def test_a_read_only_repeats(action: AnyAction):
    assert action.risk is not Risk.READ or all(step.endpoint.repeatable for step in action.steps)


@each
def test_what_its_fields_look_up_is_there_and_can_be_picked_from(action: AnyAction):
    for _, _, kind in fields(action.inputs):
        if isinstance(kind, Lookup):
            assert CATALOG[kind.action].options is not None
            assert CATALOG[kind.action].risk is Risk.READ


@each
def test_none_of_its_fields_is_a_secret(action: AnyAction):
    for name, field, _ in fields(action.inputs):
        assert not SECRET.search(name), name
        assert not SECRET.search(title_of(name, field)), name


@each
def test_none_of_its_fields_is_taken_for_a_part_of_the_form(action: AnyAction):
    assert not set(action.inputs.model_fields) & {
        *WHEN_FIELDS,
        "labels",
        "known",
        "pages",
        "reason",
    }


def test_a_field_that_may_be_left_out_keeps_what_it_is():
    sessions, campaign = CATALOG["session.search"].inputs, CATALOG["campaign.create"].inputs
    assert all(is_private(field) for _, field, _ in fields(sessions))
    assert isinstance(kind_of(campaign.model_fields["start_date"]), Moment)
    assert kind_of(campaign.model_fields["code_type"]) == Choice(
        (("numeric", "Digits"), ("alphanumeric", "Letters and digits"))
    )


def test_few_forms_are_drawn_by_hand():
    """At most one in five; the two that were drawn first are granted while there are few."""
    assert set(BY_HAND) <= set(CATALOG)
    assert len(BY_HAND) <= max(2, len(CATALOG) // 5)


def test_short_forms_and_loose_words_name_what_there_is():
    assert set(SHORT_FORMS.values()) <= set(CATALOG)
    for name, placed in LOOSE.items():
        assert set(placed) <= set(CATALOG[name].inputs.model_fields)


def test_a_name_that_is_not_there_is_answered_with_those_close_to_it():
    with pytest.raises(Exception, match="Did you mean campaign.list"):
        action_of(["campaign", "lists"], CATALOG)


def test_an_action_is_a_value():
    with pytest.raises(AttributeError):
        CATALOG["campaign.list"].title = "Other"  # type: ignore[misc]
    assert replace(CATALOG["campaign.list"], title="Other").title == "Other"


@each
def test_a_read_holds_no_secret(action: AnyAction):
    """What only one person may see is asked for, agreed to, and shown once."""
    assert action.secrets is None or action.risk is not Risk.READ
