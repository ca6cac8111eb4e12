"""What every change that begins with a read must hold, by being in the catalogue."""

import pytest
from filling import fill

from actions.action import AnyAction, Prefill, Risk, Today
from actions.catalog import CATALOG
from actions.changing import CLEAR, question
from actions.fields import Several, kind_of, title_of
from bot.forms import form_for
from bot.forms.changing import KNOWN, known, unlike

CHANGES = [action for action in CATALOG.values() if action.prefill]
CLEARING = [action for action in CATALOG.values() if CLEAR in action.inputs.model_fields]
each = pytest.mark.parametrize("action", CHANGES, ids=lambda action: action.name)
each_clearing = pytest.mark.parametrize("action", CLEARING, ids=lambda action: action.name)


def begins_with(action: AnyAction) -> Prefill:
    assert action.prefill is not None
    return action.prefill


def named(action: AnyAction) -> dict:
    return {name: action.example.inputs[name] for name in begins_with(action).names}


def today(action: AnyAction) -> Today:
    """As the example of the read tells it."""
    read = begins_with(action).read
    found = read.output.model_validate(read.example.reply)
    return begins_with(action).today(found, named(action))


@each
def test_it_begins_with_a_read_that_its_names_are_enough_for(action: AnyAction):
    prefill = begins_with(action)
    assert CATALOG[prefill.read.name] is prefill.read
    assert prefill.read.risk is Risk.READ
    assert set(prefill.asks) <= set(prefill.names)
    assert all(action.inputs.model_fields[name].is_required() for name in prefill.names)
    assert prefill.read.inputs.model_validate(question(prefill, named(action)))


@each
def test_what_the_read_tells_are_inputs_of_the_change(action: AnyAction):
    values = today(action).values
    assert values
    assert not {*values} & {*begins_with(action).names, CLEAR}
    given = {name: value for name, value in values.items() if value not in (None, "")}
    assert action.inputs.model_validate({**named(action), **given})


@each
def test_a_form_that_nobody_touched_changes_nothing(action: AnyAction):
    form, values = form_for(action.name), today(action).values
    settled = {name: (name, str(id)) for name, id in named(action).items()}
    view = form.view(action, {**values, KNOWN: known(settled, [], "As it is")}).to_dict()
    raw = form.read(fill(view, {}))
    assert set(raw) >= {name for name, value in values.items() if value not in (None, "")}
    assert not set(raw) & set(named(action))
    assert unlike(action, raw, values, "Europe/Brussels") == {}
    assert form.pages == 1


@each_clearing
def test_what_can_be_emptied_are_fields_by_their_names(action: AnyAction):
    fields = action.inputs.model_fields
    kind = kind_of(fields[CLEAR])
    assert isinstance(kind, Several)
    for name, label in kind.options:
        assert label == title_of(name, fields[name])
        assert not fields[name].is_required()
        needed = {n: v for n, v in action.example.inputs.items() if fields[n].is_required()}
        asked = action.inputs.model_validate({**needed, CLEAR: name})
        sent = action.steps[0].payload(asked, {})
        assert sent[name] == ""
        assert CLEAR not in sent
