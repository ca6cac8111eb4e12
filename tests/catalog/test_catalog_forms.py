"""Every form builds, fits into Slack, loses nothing, and looks as it did."""

import json

import pytest
from filling import fill
from keeping import same_as_before

from actions.action import AnyAction
from actions.catalog import CATALOG
from bot.forms import form_for, read_when
from sandbox.slack.blockkit import check

ALL = [*CATALOG.values()]
each = pytest.mark.parametrize("action", ALL, ids=lambda action: action.name)
PAGES = [(action, page) for action in ALL for page in range(form_for(action.name).pages)]
each_page = pytest.mark.parametrize(
    ("action", "page"), PAGES, ids=[f"{action.name}-{page}" for action, page in PAGES]
)
WAYS = (
    {},
    {"when": "at", "when_at": "2026-12-01T08:00:00+00:00"},
    {
        "when": "repeat",
        "when_days": ["mon", "fri"],
        "when_time": "09:30",
        "when_zone": "Asia/Tokyo",
    },
)


@each_page
def test_a_form_fits_into_slack(action: AnyAction, page: int):
    form = form_for(action.name)
    for given in (
        {},
        action.example.inputs,
        {name: "x" * 5_000 for name in action.inputs.model_fields},
    ):
        for when in WAYS:
            view = form.view(action, {**given, **when}, page=page, note="a" * 5_000).to_dict()
            assert check(view, "modal") == []


@each_page
def test_a_form_knows_what_it_is_for(action: AnyAction, page: int):
    view = form_for(action.name).view(action, {}, metadata={"channel": "C1"}, page=page).to_dict()
    assert view["callback_id"] == "form"
    assert json.loads(view["private_metadata"]) == {
        "action": action.name,
        "page": page,
        "channel": "C1",
    }


@each
def test_forms_lose_nothing(action: AnyAction):
    """Fill any form, page after page, with the example; what it reads is the example."""
    form, raw = form_for(action.name), {}
    for page in range(form.pages):
        view = form.view(action, action.example.inputs, page=page).to_dict()
        raw |= form.read(fill(view, action.example.inputs))
    assert action.inputs.model_validate(raw) == action.inputs.model_validate(action.example.inputs)


@each
def test_what_is_filled_in_already_stays(action: AnyAction):
    """A form that opens with the example and is sent as it stands reads the example."""
    form, raw = form_for(action.name), {}
    for page in range(form.pages):
        raw |= form.read(fill(form.view(action, action.example.inputs, page=page).to_dict(), {}))
    assert action.inputs.model_validate(raw) == action.inputs.model_validate(action.example.inputs)


@each
def test_a_form_left_empty_reads_nothing(action: AnyAction):
    form = form_for(action.name)
    for page in range(form.pages):
        values = fill(form.view(action, {}, page=page).to_dict(), {})
        assert form.read(values) == {}
        assert read_when(values, "UTC") == {}


@each_page
def test_a_redraw_loses_nothing(action: AnyAction, page: int):
    form = form_for(action.name)
    for when in WAYS:
        given = {**action.example.inputs, **when}
        first = form.view(action, given, page=page).to_dict()
        state = form.state(fill(first, {}))
        again = form.view(action, state, page=page).to_dict()
        assert _elements(again) == _elements(first)


def _elements(view):
    return {b["block_id"]: b["element"] for b in view["blocks"] if b["type"] == "input"}


@each
def test_pages_ask_for_every_field_once(action: AnyAction):
    form = form_for(action.name)
    asked = [
        block["block_id"]
        for page in range(form.pages)
        for block in form.view(action, action.example.inputs, page=page).to_dict()["blocks"]
        if block["type"] == "input"
    ]
    assert len(asked) == len(set(asked))
    assert set(action.inputs.model_fields) <= set(asked)
    for page in range(form.pages):
        assert all(form.page_of(name) == page for name in form.fields_of(page))


@each_page
def test_a_form_looks_as_it_did(action: AnyAction, page: int):
    form = form_for(action.name)
    view = form.view(action, action.example.inputs, page=page, zone="Europe/Brussels").to_dict()
    name = f"{action.name}.form" + (f".{page}" if form.pages > 1 else "")
    assert same_as_before(name, view)
