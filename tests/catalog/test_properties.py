"""What our forms let through the API takes, and what it would refuse they refuse first.

Generated from the declarations: good forms, and forms that are nearly good.
"""

import os
import re
import warnings
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from annotated_types import Ge, Le
from hypothesis import HealthCheck, Phase, given, settings, strategies as st
from pydantic import StringConstraints, ValidationError
from pydantic.fields import FieldInfo

from actions.action import AnyAction
from actions.catalog import CATALOG
from actions.fields import Choice, Count, Day, Flag, Inputs, Kind, Moment, Several, fields, marks
from actions.gathering import answer
from coupontools.client import Client, Keys
from coupontools.errors import BadInput, Refused
from coupontools.pace import Pace
from sandbox.coupontools.app import create
from tests.servers import serving

ACTIONS = pytest.mark.parametrize("action", CATALOG.values(), ids=lambda action: action.name)
SOME = int(os.environ.get("EXAMPLES", "12"))  # a field has half as many; more find more
FEW = SOME // 2
QUICK = settings(
    max_examples=SOME,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[*HealthCheck],
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)
MANY = 100_000  # codes at once: right, and too slow to make a dozen times
TAKEN = 304  # the one refusal of its kind that no form can foresee

MOMENTS = (
    *("2027-12-01 09:00", "2027-12-01 09:00:00", "2027-12-01T09:00:00+02:00", "2027-12-01T09:00"),
    *("2027-02-30 10:00", "2027-99-99 99:99", "2027-12-01 24:00", "2027-12-01", "tomorrow"),
    *("٢٠٢٧-12-01 09:00", "1027-12-01 09:00", "0000-12-01 09:00", "2027-12-01T09:00:00.5Z"),
)
DAYS = (
    "2027-12-31",
    "2027-02-30",
    "20271231",
    "2027-W01-1",
    "31.12.2027",
    "2027-1-1",
    "0001-01-01",
)
ODD = (
    *(
        "0",
        "-1",
        "007",
        "2,50",
        "2.5",
        "0.00",
        "1e5",
        "inf",
        "12345678901",
        "9" * 30,
        "٣",
        "12.345",
    ),
    *(
        "Été 🎉",
        "👩‍👩‍👧 שלום",
        "a\x00b",
        "one\ntwo",
        "\u202eabc",
        " padded ",
        "<!channel> & co",
        "a,b",
    ),
    *("ana@example.com", "ANA@Example.COM", "ana@exämple.com", "ünï@example.com", "ana@localhost"),
    *("ana.bo+1@mail.example.co.uk", '"a b"@example.com', "ana@[127.0.0.1]", "ana@", "a@b@c.com"),
    *("+32470123456", "+32 470 12 34 56", "+1 5", "0470123456", "+32470123456x9", "+999123456789"),
    *(
        "tel:+32470123456",
        "+٣٢٤٧٠١٢٣٤٥٦",
        "https://x",
        "https:///a",
        "https://é.test/a",
        "ftp://x.y",
    ),
    *(
        "#fff",
        "#FFFFFF",
        "#GGGGGG",
        "cam_1",
        "cam_",
        "CAM_123456",
        "cam_١٢",
        "dir_1",
        "loy_1x",
        "cam 1",
    ),
    *(
        "usr_1",
        "é_1",
        "a/b",
        "..",
        "a?b=c",
        "abcdef",
        "abcdeé",
        "a" * 21,
        "a" * 22,
        "BE",
        "be",
        "pac_aB1",
    ),
)


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with serving(create()) as address, httpx.Client(base_url=address, timeout=60) as http:
        yield Client(http, Keys("sandbox-id", "sandbox-secret"), Pace(1e6, 1_000_000))


@pytest.fixture(scope="module")
def known(client: Client) -> Mapping[str, Any]:
    """What is really there, by how an example would write its like."""
    from coupontools import endpoints

    rows = client.call(endpoints.CAMPAIGN_DATA, {"campaign": "cam_123456"})["data"]
    return {
        r"cam_\d+": "cam_123456",
        r"[a-z0-9]{21}": rows[0]["session"],
        r"[a-z0-9]{21}, .*": f"{rows[0]['session']}, {rows[1]['session'][:6]}",
        r"loy_\d+": "loy_500",
        r"usr_\d+": "usr_9",
        r"dir_\d+": "dir_700",
        r"reg_\d+": "reg_810",
        r"cat_\d+": "cat_12",
        r"sub_\d+": "sub_2001",
        r"gro_\d+": "gro_9001",
        r"60\d{4}": 600_001,
        r"62\d{4}": 620_001,
        r"70\d{4}": 700_001,
        r"81\d{4}": 810_001,
    }


def example(action: AnyAction, known: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs that are good, about what is really there."""
    found = dict(action.example.inputs)
    for name, value in found.items():
        for shape, real in known.items():
            if re.fullmatch(shape, str(value)):
                found[name] = real
    return {**found, "template": "cam_100001"} if "template" in found else found


def limits(field: FieldInfo) -> tuple[str, int, int, int]:
    """Pattern, longest text, least and most number."""
    pattern, longest, least, most = "", 60, 0, 10**9
    for mark in marks(field):
        match mark:
            case StringConstraints():
                pattern = mark.pattern if isinstance(mark.pattern, str) else pattern
                longest = mark.max_length or longest
            case Ge():
                least = int(str(mark.ge))
            case Le():
                most = int(str(mark.le))
    return pattern, longest, least, most


def values(field: FieldInfo, kind: Kind) -> st.SearchStrategy[Any]:
    """Good ones and their neighbours."""
    pattern, longest, least, most = limits(field)
    match kind:
        case Flag():
            return st.sampled_from([True, False, "true", "no", "1", "maybe", 2])
        case Choice(options=options):
            allowed = [value for value, _ in options]
            return st.sampled_from([*allowed, *allowed, allowed[0].upper(), "none", 1])
        case Several(options=options):
            allowed = [value for value, _ in options]
            some = st.lists(st.sampled_from([*allowed, "none", ""]), max_size=3)
            return some | some.map(",".join) | st.sampled_from([allowed, 1, {}, [1]])
        case Count():
            near = [least, least - 1, least + 1, str(least), most + 1, 10**13, "1.5", "x", 0, -1]
            return st.sampled_from([*near, most] if most < MANY else near)
        case Moment(words=words):
            return st.sampled_from([*(word for word, _ in words), *MOMENTS])
        case Day():
            return st.sampled_from(DAYS)
    texts = [
        st.sampled_from([*ODD, "", " ", None, "x" * longest, "é" * longest, "x" * (longest + 1)]),
        st.sampled_from(ODD),
        st.text(max_size=20),
    ]
    if pattern:
        texts.append(st.from_regex(re.compile(pattern), fullmatch=True))
    return st.one_of(texts)


def forms(action: AnyAction, good: Mapping[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A good form with a few fields written otherwise, and some left out."""
    asked = {name: values(field, kind) for name, field, kind in fields(action.inputs)}
    if not asked:
        return st.just({})
    optional = [name for name, field, _ in fields(action.inputs) if not field.is_required()]
    kept = st.just(set(optional)) | (
        st.sets(st.sampled_from(optional)) if optional else st.just(set())
    )

    def written(changed: list[str], kept: set[str]) -> st.SearchStrategy[dict[str, Any]]:
        rest = {
            name: st.just(value)
            for name, value in good.items()
            if name in kept or name not in optional
        }
        return st.fixed_dictionaries({**rest, **{name: asked[name] for name in changed}})

    names = st.lists(st.sampled_from([*asked]), min_size=1, max_size=3, unique=True)
    return st.tuples(names, kept).flatmap(lambda drawn: written(*drawn))


def checked(action: AnyAction, raw: Mapping[str, Any]) -> Inputs | None:
    """As the desk checks what any surface hands in."""
    given = {name: value for name, value in raw.items() if value not in (None, "")}
    try:
        return action.inputs.model_validate(given, context={"zone": "Europe/Brussels"})
    except ValidationError:
        return None


def refusal(
    action: AnyAction, asked: Inputs, client: Client, *, unchecked: bool = False
) -> Refused | None:
    """How the API refuses these inputs for their form; unknown ids and the like are no matter."""
    done: dict[str, Any] = {}
    steps = action.steps if unchecked else action.steps_of(asked)
    try:
        for step in dict.fromkeys((*steps[:1], *steps[-1:])):  # parts in between are like these
            if step.work:  # what it sends is not in its inputs
                continue
            if step.gather:
                answer(step, asked, client, datetime.now(UTC))
                continue
            done[step.name] = client.call(step.endpoint, step.payload(asked, done))
    except BadInput as refused:
        taken = TAKEN in refused.codes or "already exists" in str(refused)
        return None if taken else refused
    except Refused:
        return None
    return None


def unseen(action: AnyAction, raw: Mapping[str, Any], client: Client) -> Refused | None:
    """How the API refuses what nobody checked, where that can be sent at all."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that it was never checked
        try:
            return refusal(action, action.inputs.model_construct(**raw), client, unchecked=True)
        except (TypeError, KeyError, AttributeError, ValueError):
            return None


@ACTIONS
def test_a_good_form_is_taken_and_its_answer_read(
    action: AnyAction, client: Client, known: Mapping[str, Any]
) -> None:
    asked = checked(action, example(action, known))
    assert asked is not None
    assert refusal(action, asked, client) is None


@ACTIONS
def test_what_a_form_lets_through_the_api_takes(
    action: AnyAction, client: Client, known: Mapping[str, Any]
) -> None:
    @QUICK
    @given(forms(action, example(action, known)))
    def taken(raw: dict[str, Any]) -> None:
        asked = checked(action, raw)
        if asked is not None:
            refused = refusal(action, asked, client)
            assert refused is None, (refused, asked)

    taken()


@ACTIONS
def test_what_the_api_refuses_the_form_refuses_first_or_mends(
    action: AnyAction, client: Client, known: Mapping[str, Any]
) -> None:
    """Each field of a good form in turn is written in ways that are nearly right."""
    good = example(action, known)
    for name, field, kind in fields(action.inputs):
        refused_first(action, client, good, name, values(field, kind))


def refused_first(
    action: AnyAction,
    client: Client,
    good: Mapping[str, Any],
    name: str,
    written: st.SearchStrategy[Any],
) -> None:
    @settings(QUICK, max_examples=FEW)
    @given(written)
    def holds(value: Any) -> None:
        raw = {**good, name: value}
        if unseen(action, raw, client) is None:
            return
        asked = checked(action, raw)
        assert asked is None or refusal(action, asked, client) is None, (name, value)

    holds()
