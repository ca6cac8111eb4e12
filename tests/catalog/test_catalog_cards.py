"""Every action's cards fit into Slack and look as they did."""

import pytest
from keeping import same_as_before
from telling import NOW, run, story

from actions.action import AnyAction
from actions.catalog import CATALOG
from bot.views.card import draw, result_view
from bot.views.request import request_card
from sandbox.slack.blockkit import check
from store.tables import Consent, Progress

ALL = [*CATALOG.values()]
each = pytest.mark.parametrize("action", ALL, ids=lambda action: action.name)


@each
def test_its_request_looks_as_it_did(action: AnyAction):
    card = request_card(story(action, agreed=["U0BO"]), for_approvers=True).to_dict()
    assert check(card, "message") == []
    assert same_as_before(f"{action.name}.request", card)


@each
def test_its_request_fits_in_every_state(action: AnyAction):
    faces = [(state, None) for state in Consent]
    faces += [(Consent.SPENT, progress) for progress in Progress]
    for state, progress in faces:
        runs = [run(progress, n, "No answer in 30 s") for n in range(2)] if progress else []
        told = story(action, state, runs=runs, next_at=NOW, problem="502: no such campaign")
        for approvers in (True, False):
            card = request_card(told, for_approvers=approvers).to_dict()
            assert check(card, "message") == []


@each
def test_its_result_looks_as_it_did(action: AnyAction):
    card = action.present(action.output.model_validate(action.example.reply))
    blocks = [block.to_dict() for block in draw(card)]
    assert check(blocks, "message") == []
    assert check(result_view(action.title, card).to_dict(), "modal") == []
    assert same_as_before(f"{action.name}.result", blocks)
