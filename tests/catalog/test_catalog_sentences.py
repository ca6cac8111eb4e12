"""What is filled in wrongly is answered with a sentence that helps, whatever the field."""

from typing import Any

import pytest
from pydantic import ValidationError

from actions.action import AnyAction
from actions.catalog import CATALOG
from actions.errors import UNSHAPED, UNUSABLE, problems
from actions.fields import fields

each = pytest.mark.parametrize("action", CATALOG.values(), ids=lambda action: action.name)
ODD: tuple[Any, ...] = (
    *("", " ", "x", "-1", "0", "1.5", "9" * 30, "1e5", "nan", "٣", "é", "a/b", "a\x00b", "a b"),
    *("maybe", "TRUE", "2027-99-99 99:99", "2027-02-30", "ftp://x.y", "cam_x", "x" * 5_000),
    *(None, True, -1, 5, 1.5, 10**30, ["a"], {"a": 1}),
)


@each
def test_no_field_answers_with_nothing_but_that_it_is_wrong(action: AnyAction) -> None:
    for name, _, _ in fields(action.inputs):
        for value in ODD:
            said = _said(action, {**action.example.inputs, name: value})
            assert not {UNSHAPED, UNUSABLE} & {*said.values()}, (name, value, said)


@each
def test_what_is_missing_or_not_known_is_named(action: AnyAction) -> None:
    needed = {name for name, field, _ in fields(action.inputs) if field.is_required()}
    if needed:
        assert _said(action, {}) == dict.fromkeys(needed, "Please fill this in.")
    said = _said(action, {**action.example.inputs, "colour_of_tea": "red"})
    assert said == {"colour_of_tea": "There is no field of this name."}


def test_the_id_of_a_loyalty_card_says_what_it_may_hold() -> None:
    said = _said(CATALOG["loyalty.info"], {"loyaltycard": "coffee card!"})
    assert said == {"loyaltycard": "An id has letters, digits, - and _ only."}


def _said(action: AnyAction, raw: dict[str, Any]) -> dict[str, str]:
    try:
        action.inputs.model_validate(raw)
    except ValidationError as error:
        return problems(error)
    return {}
