import pickle
from pathlib import Path

import pytest
import yaml

from coupontools import endpoints, errors
from coupontools.endpoint import Dialect, Endpoint, Override
from coupontools.endpoints import ENDPOINTS, BadOverrides, load_overrides

REFERENCE = yaml.safe_load((Path(__file__).parent / "endpoints.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("known", REFERENCE, ids=lambda known: known["id"])
def test_the_registry_agrees_with_the_reference(known):
    ours = ENDPOINTS[known["id"]]
    assert ours.path == known["path"]
    assert ours.verb == ("POST" if known["method"] == "unknown" else known["method"])
    assert ours.dialect is (Dialect.V3 if known["auth"] == "legacy_keys" else Dialect.V4)
    assert ours.repeatable is (known["idempotent"] in ("read", "write"))
    assert ours.proven is (known["path_confidence"] == "documented")
    assert getattr(endpoints, known["id"].upper()) is ours


def test_the_registry_holds_nothing_that_the_reference_does_not():
    assert len(ENDPOINTS) == 69
    assert ENDPOINTS.keys() == {known["id"] for known in REFERENCE}


def test_no_push_and_no_creation_may_be_repeated():
    unsafe = [id for id in ENDPOINTS if "push" in id or id.endswith(("create", "create_multiple"))]
    assert len(unsafe) > 10
    assert not any(ENDPOINTS[id].repeatable for id in unsafe)


def test_a_path_takes_its_parts_from_the_payload_and_leaves_the_rest():
    path, rest = endpoints.V4_DIRECTORY_USER_UPDATE.at({"id": 7, "userId": "a/b ?", "block": True})
    assert path == "/v4/directory/7/users/a%2Fb%20%3F"
    assert rest == {"block": True}


@pytest.mark.parametrize("value", [None, "", ".", ".."])
def test_a_part_of_a_path_that_would_name_another_path_is_refused(value):
    with pytest.raises(ValueError, match="v4_directory_get needs id"):
        endpoints.V4_DIRECTORY_GET.at({"id": value})


def write(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "endpoints.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_an_operator_corrects_a_path_a_verb_and_a_name(tmp_path):
    found = load_overrides(
        write(
            tmp_path,
            """
            campaign_push_all: {path: /v3/coupon/push, params: {message: text}}
            v4_loyalty_add_stamp: {verb: PUT}
            """,
        )
    )
    push = found["campaign_push_all"]
    assert push.endpoint(endpoints.CAMPAIGN_PUSH_ALL).path == "/v3/coupon/push"
    assert push.endpoint(endpoints.CAMPAIGN_PUSH_ALL).repeatable is False
    assert push.payload({"campaign": "cam_1", "message": "Hi"}) == {
        "campaign": "cam_1",
        "text": "Hi",
    }
    stamp = found["v4_loyalty_add_stamp"].endpoint(endpoints.V4_LOYALTY_ADD_STAMP)
    assert (stamp.verb, stamp.path) == ("PUT", endpoints.V4_LOYALTY_ADD_STAMP.path)


def test_an_empty_file_of_overrides_changes_nothing(tmp_path):
    assert load_overrides(write(tmp_path, "# nothing yet\n")) == {}
    assert Override().endpoint(endpoints.CAMPAIGN_LIST) == endpoints.CAMPAIGN_LIST


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("campaign_pusch: {path: /x}", "campaign_pusch: there is no such endpoint"),
        ("campaign_list: /v3/x", "campaign_list: must hold path, verb or params"),
        ("campaign_list: {route: /v3/x}", "campaign_list: only path, verb and params.*not route"),
        ("campaign_list: {path: v3/x}", "campaign_list: path must be text that starts with /"),
        ("campaign_list: {path: '/v3/{x'}", "campaign_list: path .*brace"),
        ("campaign_list: {verb: FETCH}", "campaign_list: verb must be one of"),
        ("campaign_list: {params: [a]}", "campaign_list: params must map our names"),
        ("campaign_list: {params: {a: 1}}", "campaign_list: params must map names"),
        ("campaign_list: {params: {a: x, b: x}}", "campaign_list: params gives two"),
        ("- campaign_list", "must map endpoint ids"),
        ("a: [", "cannot be read as YAML"),
    ],
)
def test_a_bad_file_of_overrides_says_where_and_what(tmp_path, text, words):
    with pytest.raises(BadOverrides, match=words):
        load_overrides(write(tmp_path, text))


def test_a_missing_file_of_overrides_is_named(tmp_path):
    with pytest.raises(BadOverrides, match=r"nowhere\.yaml"):
        load_overrides(tmp_path / "nowhere.yaml")


def test_every_endpoint_is_a_value():
    known = endpoints.CAMPAIGN_LIST
    assert Endpoint(**vars(known)) == known
    assert len({*ENDPOINTS.values()}) == 69


@pytest.mark.parametrize(
    "error",
    [
        errors.Refused((604,), ("E",)),
        errors.Missing((502,), ("Campaign ID not found",)),
        errors.Busy(3.0),
        errors.Unreached(),
        errors.Unanswered("x"),
        errors.Garbled("y"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_survives_being_stored(error):
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


@pytest.mark.parametrize(
    ("codes", "kind"),
    [
        ((1000,), errors.BadCredentials),
        ((103,), errors.BadCredentials),
        ((200,), errors.BadInput),
        ((303, 200), errors.BadInput),
        ((349,), errors.BadInput),
        ((502,), errors.Missing),
        ((502, 1000), errors.BadCredentials),
        ((350,), errors.Refused),
        ((604,), errors.Refused),
        ((), errors.Refused),
    ],
)
def test_a_refusal_is_sorted_by_its_codes(codes, kind):
    assert type(errors.refusal(codes, ())) is kind


def test_a_refusal_speaks_with_the_words_of_the_api_or_else_with_ours():
    said = errors.refusal((502,), ("Campaign ID not found.",))
    assert str(said) == "Coupontools cannot find that. Campaign ID not found (code 502)."
    assert "The campaign was not found (code 502)" in str(errors.refusal((502,), ()))
    assert str(errors.refusal((), ())) == "Coupontools said no."


def test_an_error_knows_whether_it_happened():
    assert [
        kind("").happened for kind in (errors.Unreached, errors.Unanswered, errors.Garbled)
    ] == [False, None, None]
    assert errors.Refused().happened is False
    assert errors.Busy().happened is False
