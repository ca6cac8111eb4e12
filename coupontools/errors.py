"""What can go wrong between us and the Coupontools API.

ApiError
├── Refused            the API understood and said no
│   ├── BadCredentials     its codes 1xx and 1000
│   ├── BadInput           its codes 200 and 300-349
│   └── Missing            its codes 5xx: no such campaign, session, card …
├── Busy               told to come back later; nothing was done
├── Unreached          nothing was sent; trying again is safe
├── Unanswered         sent, no answer: it may have happened
└── Garbled            answered, but not in a shape we know: it may have happened
"""

MEANINGS: dict[int, str] = {
    101: "The account has expired",
    102: "The keys of a subaccount cannot manage subaccounts",
    103: "The account has no SMS integration",
    104: "The account has no e-mail integration",
    200: "A required value is missing",
    300: "A value is wrong",
    301: "A number is wrong, or a character is not allowed",
    302: "A value is not one of those allowed",
    303: "A date has the wrong format",
    304: "The e-mail address already exists",
    305: "The e-mail address is not valid",
    501: "The template was not found",
    502: "The campaign was not found",
    503: "The teammate was not found",
    505: "The coupon session or loyalty card was not found",
    507: "The directory or loyalty card was not found",
    509: "The webhook was not found",
    510: "The subaccount was not found",
    514: "The message group was not found",
    515: "The folder was not found",
    1000: "The client id or the client secret is wrong",
}


class ApiError(Exception):
    """Something went wrong with Coupontools."""

    happened: bool | None = None
    """True: it was done; False: it was not; None: nobody knows."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)  # exactly the arguments, so that it survives pickling
        self.detail = detail

    def __str__(self) -> str:
        return f"{type(self).__doc__} {self.detail}".rstrip()


class Refused(ApiError):
    """Coupontools said no."""

    happened = False

    def __init__(self, codes: tuple[int, ...] = (), messages: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.args = (codes, messages)
        self.codes, self.messages = codes, messages
        self.detail = _in_words(codes, messages)


class BadCredentials(Refused):
    """Coupontools does not let this account do that."""


class BadInput(Refused):
    """Coupontools does not take this."""


class Missing(Refused):
    """Coupontools cannot find that."""


class Busy(ApiError):
    """Coupontools asked us to come back later. Nothing was done."""

    happened = False

    def __init__(self, retry_after: float | None = None) -> None:
        super().__init__()
        self.args = (retry_after,)
        self.retry_after = retry_after
        self.detail = "" if retry_after is None else f"It said when: in {retry_after:.0f} seconds."


class Unreached(ApiError):
    """Coupontools could not be reached. Nothing was sent."""

    happened = False


class Unanswered(ApiError):
    """Coupontools did not answer in time. The request may have taken effect."""

    happened = None


class Garbled(ApiError):
    """Coupontools answered something we cannot read. The request may have taken effect."""

    happened = None


def refusal(codes: tuple[int, ...], messages: tuple[str, ...]) -> Refused:
    """The error for these codes: wrong keys before all else, then by the first code."""
    families = [_family(code) for code in codes]
    if BadCredentials in families:
        return BadCredentials(codes, messages)
    return (families[0] if families else Refused)(codes, messages)


def _family(code: int) -> type[Refused]:
    if code == 1000 or 100 <= code < 200:
        return BadCredentials
    if code == 200 or 300 <= code < 350:
        return BadInput
    return Missing if 500 <= code < 600 else Refused


def _in_words(codes: tuple[int, ...], messages: tuple[str, ...]) -> str:
    said = [message.strip().rstrip(".") for message in messages if message.strip()]
    said = said or [MEANINGS[code] for code in codes if code in MEANINGS]
    named = f" (code {', '.join(map(str, codes))})" if codes else ""
    return f"{'; '.join(said)}{named}." if said or named else ""
