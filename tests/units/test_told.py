"""What a webhook's body says, and whether it is signed: in every form that anybody has seen."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from actions.told import Told, Unreadable, answered, is_signed, read, written

ID = "evt_A1b2C3d4E5f6G7h8I9j0"
SESSION = "h4mz0q7ty2ke9wd5rbn1x"
BODY = {
    "id": ID,
    "type": "coupon_validated",
    "datetime": "2024-05-03 10:00:00",
    "campaign": "cam_400123",
    "session": SESSION,
    "customer": {"email": "mia@example.test"},
}
ANSWER = {
    "result": "valid",
    "webhook": ID,
    "date": "2024-05-03 10:00:00",
    "campaign": "cam_400123",
    "session": SESSION,
    "type": "coupon_validated",
}
TOLD = Told(ID, "coupon_validated", "cam_400123", SESSION, datetime(2024, 5, 3, 10, tzinfo=UTC))


def told(**other: Any) -> Told:
    return read(json.dumps({**BODY, **other}).encode())


def test_all_that_concerns_us_is_read_and_nothing_of_people() -> None:
    assert told() == TOLD
    assert told(campaign=None, coupon="cam_7").campaign == "cam_7"
    assert told(campaign=None, coupon={"title": "Summer"}).campaign == ""
    assert told(datetime="yesterday").at is None
    assert told(session=None).key == ID


def test_what_can_happen_to_a_session_once_has_one_key_whatever_its_id() -> None:
    other = told(id="evt_00000000000000000000")
    assert other.key == TOLD.key
    assert told(type="coupon_claimed").key != TOLD.key
    assert told(type="wallet_saved").key == ID
    assert SESSION not in TOLD.key


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff", b"7", b"[]", b"{}", b'{"id": "evt_"}', b'{"id": "evt_a"}', b"[" * 99_999],
)
def test_what_cannot_be_read_says_why(body: bytes) -> None:
    with pytest.raises(Unreadable, match="It "):
        read(body)


def test_what_coupontools_says_counts_more_than_what_came() -> None:
    assert answered(TOLD, ANSWER) == TOLD
    bare = Told(ID, "coupon_validated")
    assert answered(bare, ANSWER).campaign == "cam_400123"
    assert answered(TOLD, {"result": "valid"}) == TOLD
    for name in ("webhook", "type", "campaign", "session"):
        with pytest.raises(Unreadable, match=f"another {name}"):
            answered(TOLD, {**ANSWER, name: "other"})
    for result in ("invalid", "", None):
        with pytest.raises(Unreadable, match="not valid"):
            answered(TOLD, {**ANSWER, "result": result})


def test_either_signature_holds_and_nothing_else() -> None:
    body = json.dumps(BODY).encode()
    first = hmac.new(b"secret", body, hashlib.sha256).hexdigest()
    own = hmac.new(b"own", body, hashlib.sha256).hexdigest()
    for headers in (
        {"x-hmac": first},
        {"x-hmac": f" {first.upper()} "},
        {"x-coupontools-signature": f"sha256={own}"},
        {"x-coupontools-signature": own},
        {"x-hmac": "wrong", "x-coupontools-signature": own},
    ):
        assert is_signed(body, headers, "secret", "own")
    for headers in ({}, {"x-hmac": ""}, {"x-hmac": own}, {"x-hmac": "ü"}, {"x-other": first}):
        assert not is_signed(body, headers, "secret", "own")
    assert not is_signed(body + b" ", {"x-hmac": first}, "secret")
    nobodys = hmac.new(b"", body, hashlib.sha256).hexdigest()
    assert not is_signed(body, {"x-coupontools-signature": nobodys}, "secret")


def test_what_was_polled_reads_as_if_it_had_been_told() -> None:
    polled = Told("", "coupon_claimed", "cam_1", SESSION, TOLD.at)
    assert read(written(polled), polled=True) == polled
    with pytest.raises(Unreadable):
        read(written(polled))
