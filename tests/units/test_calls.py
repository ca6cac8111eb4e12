"""One call of a run: what of an error may be on record."""

from typing import Any

from actions.calls import Call
from actions.catalog import CATALOG
from coupontools.errors import BadInput

PHONE = "+32470999888"


def test_what_the_api_quotes_back_at_us_of_a_person_is_masked() -> None:
    nothing: Any = None
    sms = CATALOG["message.sms"].inputs(phone=PHONE, campaign="cam_123456")
    call = Call(nothing, nothing, nothing, True, sms, nothing, {})
    error = BadInput((301,), (f"{PHONE} is no number, cam_123456 is none either",))
    told = call.told(error)
    assert PHONE not in told
    assert "+…8 is no number, cam_123456 is none either" in told
