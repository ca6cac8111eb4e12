"""The steps that Slack's Workflow Builder offers, from the catalogue: what each asks and gives."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, assert_never

from actions.action import AnyAction, Catalog, Risk
from actions.card import Card
from actions.errors import UnknownAction
from actions.fields import (
    Choice,
    Count,
    Day,
    Flag,
    Kind,
    Lookup,
    Moment,
    Several,
    Text,
    fields,
    title_of,
)

Json = dict[str, Any]

SURFACE = "workflow"
"""What the record calls it."""

ASKER, BUILDER, QUERY = "asker", "builder", "query"
"""Inputs of ours beside those of the action: who runs the step, who builds, what is searched."""
REQUEST, STATUS, RESULT, LINK = "request_id", "status", "result", "link"
DONE = "done"
OFFERS = "options_"
PERSON = "slack#/types/user_context"
"""Slack fills it in and vouches for it: whoever builds a workflow cannot name a colleague."""

ALIASES: Mapping[str, str] = {}
"""Steps by the names of elder releases, and the action each means now: workflows keep the old."""

MOST = 50
"""Steps that Slack takes of one app."""
LONGEST_LABEL, LONGEST = 255, 1_000


def is_step(action: AnyAction) -> bool:
    """Whether it is a step: no blast, nothing that answers with a secret or only with a list."""
    if action.risk is Risk.BLAST or action.secrets:
        return False
    shown = _shown(action)
    return action.risk is not Risk.READ or not shown.table or bool(shown.facts)


def name_of(action: str) -> str:
    """`campaign.create` as Slack calls its step: `campaign_create`."""
    return action.replace(".", "_")


def action_of(step: str, catalog: Catalog, aliases: Mapping[str, str] = ALIASES) -> AnyAction:
    """What a step means, by today's name or an elder one; raises `UnknownAction`."""
    known = _known(catalog, aliases)
    if step not in known:
        raise UnknownAction(step, tuple(known))
    return known[step]


def functions(catalog: Catalog, aliases: Mapping[str, str] = ALIASES) -> Json:
    """All steps as the manifest names them, and behind them those that fill their menus."""
    steps = {step: _function(action) for step, action in _known(catalog, aliases).items()}
    return steps | {OFFERS + name_of(name): _offer(catalog[name]) for name in sources(catalog)}


def sources(catalog: Catalog) -> Iterator[str]:
    """The actions whose answers fill menus of steps."""
    found = (
        kind.action
        for action in filter(is_step, catalog.values())
        for _, _, kind in fields(action.inputs)
        if isinstance(kind, Lookup)
    )
    yield from dict.fromkeys(found)


def source_of(step: str, catalog: Catalog) -> str:
    """The action whose answers fill the menu; raises `UnknownAction`."""
    known = {OFFERS + name_of(name): name for name in sources(catalog)}
    if step not in known:
        raise UnknownAction(step, tuple(known))
    return known[step]


def asker_of(inputs: Mapping[str, Any], of: str = ASKER) -> str:
    """Whom Slack vouches for; nobody where a workflow was started by no person."""
    said = inputs.get(of)
    return str(said.get("id") or "") if isinstance(said, Mapping) else ""


def raw_of(action: AnyAction, inputs: Mapping[str, Any]) -> Json:
    """What the workflow filled in, as the desk checks it."""
    kinds = {name: kind for name, _, kind in fields(action.inputs)}
    return {name: _meant(kinds.get(name), value) for name, value in inputs.items() if name != ASKER}


def given(card: Card | None, request: str = "") -> dict[str, str]:
    """What a step that is done hands to the next one."""
    card = card or Card("")
    said = {REQUEST: request, STATUS: DONE, RESULT: card.text, LINK: card.link}
    facts = {_slug(title): value for title, value in card.facts}
    return {name: value[:LONGEST] for name, value in (facts | said).items() if value}


def outputs_of(action: AnyAction) -> tuple[str, ...]:
    """What a step can hand on, by name."""
    return tuple(_outputs(action)["properties"])


def _known(catalog: Catalog, aliases: Mapping[str, str]) -> dict[str, AnyAction]:
    steps = {name_of(name): action for name, action in catalog.items() if is_step(action)}
    return steps | {elder: catalog[name] for elder, name in aliases.items()}


def _function(action: AnyAction) -> Json:
    asked = {name: _input(name, field, kind) for name, field, kind in fields(action.inputs)}
    needed = [name for name, field, _ in fields(action.inputs) if field.is_required()]
    words = "The person who runs the workflow: they ask, and their rights decide"
    return {
        "title": action.title,
        "description": action.summary,
        "input_parameters": {
            "properties": {**asked, ASKER: _parameter(PERSON, "Person who runs it", words)},
            "required": [*needed, ASKER],
        },
        "output_parameters": _outputs(action),
    }


def _input(name: str, field: Any, kind: Kind) -> Json:
    words = " ".join(part for part in (field.description or "", _hint(kind)) if part)
    parameter = _parameter(_type(kind), title_of(name, field), words)
    if isinstance(kind, Lookup):
        parameter["dynamic_options"] = {
            "function": f"#/functions/{OFFERS}{name_of(kind.action)}",
            "inputs": {
                QUERY: {"value": "{{client.query}}"},
                BUILDER: {"value": "{{client.builder_context}}"},
            },
        }
    return parameter


def _outputs(action: AnyAction) -> Json:
    reads = action.risk is Risk.READ
    ours = {} if reads else {REQUEST: _parameter("string", "Request", "Its id in Vouchdesk")}
    ours[STATUS] = _parameter("string", "Status", f"`{DONE}`; a step that is not done fails")
    said = {RESULT: _parameter("string", "Result", "What came of it, in a sentence")}
    shown = _shown(action)
    facts = {
        _slug(title): _parameter("string", title, f"{title}, as the result tells it")
        for title, _ in shown.facts
    }
    if shown.link:
        facts[LINK] = _parameter("string", "Link", "Where it can be seen")
    return {"properties": {**ours, **said, **facts}, "required": list(ours)}


def _offer(source: AnyAction) -> Json:
    """The step behind a menu: Workflow Builder asks it while somebody builds."""
    typed = _parameter("string", "Search", "What was typed into the menu")
    builder = _parameter(PERSON, "Person who builds", "Only members see what there is")
    options = _parameter("slack#/types/options_select", source.title, source.summary)
    return {
        "title": f"Menu: {source.title}",
        "description": f"{source.summary}, for the menus of other steps",
        "input_parameters": {"properties": {QUERY: typed, BUILDER: builder}, "required": [BUILDER]},
        "output_parameters": {"properties": {"options": options}, "required": ["options"]},
    }


def _parameter(kind: str, title: str, words: str) -> Json:
    shown = {"title": title[:LONGEST_LABEL], "description": words[:LONGEST_LABEL]}
    return {"type": kind} | {name: text for name, text in shown.items() if text}


def _type(kind: Kind) -> str:
    match kind:
        case Count():
            return "integer"
        case Flag():
            return "boolean"
        case Day():
            return "slack#/types/date"
        case Moment(words=()):
            return "slack#/types/timestamp"
        case Text() | Choice() | Several() | Lookup() | Moment():
            return "string"
        case _:
            assert_never(kind)


def _hint(kind: Kind) -> str:
    """What a text has to look like that is more than words."""
    match kind:
        case Choice(options=options):
            return f"One of: {_values(options)}."
        case Several(options=options):
            return f"Any of these, with commas: {_values(options)}."
        case Moment(words=words) if words:
            return f"Like 2026-12-01 09:00, or one of: {_values(words)}."
        case _:
            return ""


def _values(options: Sequence[tuple[str, str]]) -> str:
    return ", ".join(value for value, _ in options)


def _meant(kind: Kind | None, value: Any) -> Any:
    """Slack's moments are seconds since 1970; the desk knows what is written as in ISO 8601."""
    if not isinstance(kind, Moment) or isinstance(value, bool) or not isinstance(value, int):
        return value
    try:
        return datetime.fromtimestamp(value, UTC).isoformat()
    except (OverflowError, ValueError, OSError):
        return str(value)


def _shown(action: AnyAction) -> Card:
    """Its result, as the example has it."""
    card: Card = action.present(action.output.model_validate(action.example.reply))
    return card


def _slug(title: str) -> str:
    """`User number` as an output is called: `user_number`; `Status` is one of ours already."""
    name = re.sub(r"[^a-z0-9]+", "_", title.casefold()).strip("_")
    return f"its_{name}" if name in (REQUEST, STATUS, RESULT, LINK) else name
