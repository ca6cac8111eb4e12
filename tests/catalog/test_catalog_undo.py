"""What every change says of taking it back, and what it offers for that, holds."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError
from telling import story

from actions.action import AnyAction, Risk
from actions.card import Card, Offer
from actions.catalog import CATALOG
from actions.errors import problems
from actions.fields import Choice, Flag, Inputs, fields, is_private
from actions.undo import Undo
from bot.forms import form_for
from bot.grammar import parse
from bot.views.card import draw
from bot.views.request import request_card
from sandbox.slack.blockkit import check

LEAVING_OUT: Mapping[str, tuple[str, ...]] = {
    "session.update": ("value",),
    "single_use.create": ("duplicate_check",),
    "loyalty.update": ("points",),
    "message.email": ("couponsession",),
}
"""What an example has to be without, to be one that something takes back."""
CODE = "h4mz0q7ty2ke9wd5rbn1x"
ALL = [*CATALOG.values()]
CHANGES = [action for action in ALL if action.risk is not Risk.READ]
each = pytest.mark.parametrize("action", CHANGES, ids=lambda action: action.name)
offering = pytest.mark.parametrize(
    "action",
    [action for action in CHANGES if action.undo and action.undo.offer],
    ids=lambda action: action.name,
)


def undo_of(action: AnyAction) -> Undo[Any, Any]:
    assert action.undo is not None
    return action.undo


def asked(action: AnyAction) -> Iterator[Inputs]:
    """Its example, with each choice that there is, as far as they go together."""
    bare = {**action.example.inputs}
    for name in LEAVING_OUT.get(action.name, ()):
        bare.pop(name, None)
    tried = [action.example.inputs, bare]
    for name, _, kind in fields(action.inputs):
        if isinstance(kind, Flag):
            tried += [{**bare, name: answer} for answer in (True, False)]
        if isinstance(kind, Choice):
            tried += [{**bare, name: value} for value, _ in kind.options]
    for given in tried:
        try:
            yield action.inputs.model_validate(given)
        except ValidationError:
            continue


def offers(action: AnyAction) -> list[Offer]:
    done = action.output.model_validate(action.example.reply)
    return [offer for inputs in asked(action) for offer in undo_of(action).next(inputs, done)]


def test_what_changes_something_has_to_say_and_a_read_has_nothing_to() -> None:
    with pytest.raises(TypeError, match=r"campaign\.push_all: what changes something"):
        replace(CATALOG["campaign.push_all"], undo=None)
    with pytest.raises(TypeError, match=r"campaign\.list"):
        replace(CATALOG["campaign.list"], undo=Undo("Nothing happened"))


@each
def test_it_says_in_a_line_what_can_be_undone(action: AnyAction) -> None:
    undo = undo_of(action)
    told = [undo.of(inputs.model_dump(mode="json", exclude_none=True)) for inputs in asked(action)]
    for words in (undo.words, *told):
        assert 10 <= len(words) <= 100
        assert words[0].isupper() and not words.endswith(".")
    if action.risk is Risk.BLAST:
        assert "cannot be recalled" in undo.words


@each
def test_its_card_says_so_before_anybody_agrees(action: AnyAction) -> None:
    told = story(action)
    card = str(request_card(told, for_approvers=True).to_dict())
    assert undo_of(action).of(told.inputs[0]) in card


@offering
def test_what_it_offers_can_be_asked_for_as_it_is_filled_in(action: AnyAction) -> None:
    found = offers(action)
    assert found
    for offer in found:
        target, given = CATALOG[offer.action], dict(offer.given)
        assert target.risk is not Risk.READ and target.risk is not Risk.BLAST
        assert set(given) <= {*target.inputs.model_fields}
        assert not set(given) & set(_problems(target, given))
        assert check(form_for(target.name).view(target, given).to_dict(), "modal") == []
        blocks = [block.to_dict() for block in draw(Card("Done", offers=(offer,)))]
        assert check(blocks, "message") == []
        typed = parse(blocks[-1]["elements"][0]["value"])
        assert (typed.words, typed.given) == ((offer.action,), given)


def _problems(target: AnyAction, given: Mapping[str, str]) -> Mapping[str, str]:
    try:
        target.inputs.model_validate(given)
    except ValidationError as error:
        return problems(error)
    return {}


@offering
def test_what_it_offers_holds_nothing_private_and_no_secret(action: AnyAction) -> None:
    assert action.secrets is None
    about_people = [name for name, field, _ in fields(action.inputs) if is_private(field)]
    private = {str(action.example.inputs.get(name)) for name in about_people}
    for offer in offers(action):
        model = CATALOG[offer.action].inputs
        assert not [n for n, f, _ in fields(model) if is_private(f) and n in dict(offer.given)]
        assert private.isdisjoint(value for _, value in offer.given)


def test_only_those_that_were_changed_are_changed_back_as_many_as_a_button_carries() -> None:
    action = CATALOG["session.update_many"]
    done = action.output.model_validate(action.example.reply)
    inputs = action.inputs.model_validate(action.example.inputs)
    [offer] = undo_of(action).next(inputs, done)
    assert offer.given == (("couponsessions", CODE), ("operation", "unvoid"))
    codes = [f"{number:021}" for number in range(81)]
    for count in (80, 81):
        reply = {"data": [{"session": code, "result": "OK"} for code in codes[:count]]}
        found = undo_of(action).next(inputs, action.output.model_validate(reply))
        assert bool(found) is (count == 80)
        blocks = [block.to_dict() for block in draw(Card("Done", offers=found))]
        assert check(blocks, "message") == []


def test_a_url_that_may_be_one_of_before_is_not_offered_to_be_removed() -> None:
    action = CATALOG["single_use.create"]
    done = action.output.model_validate(action.example.reply)
    assert "duplicate_check" in action.example.inputs
    assert undo_of(action).next(action.inputs.model_validate(action.example.inputs), done) == ()
