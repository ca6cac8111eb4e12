"""How the account answers where what is published of it disagrees."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.coupontools.manners import (
    AS_A_CLIENT_WRITES,
    AS_PRINTED,
    BARE_SUBACCOUNT,
    LOYALTY_USER,
    NOTHING,
    Manner,
    Params,
)

PAGE = 5000
WHOLE = re.compile(r"0|[1-9][0-9]{0,14}")
DOCUMENTED = "documented"
LISTS = ("/v3/coupon/list", "/v4/subaccount/list")  # one client of the API reads them with GET
TYPES: Mapping[str, Callable[[Any], Any]] = {"sequence_id": int, "sequenceid": str}

Names = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Profile:
    """The defaults are what the vendor's own pages say; each field is one source that differs."""

    errors_beside: bool = False  # `errors` beside `status` in every refusal, not of one push alone
    bare_codes: bool = False  # `error_code` a number, and no list, when there is only one
    key_code: int = 1000  # of wrong keys; the page puts it into the family of 1xx
    missing: tuple[tuple[str, int], ...] = ()  # what cannot be found, and its code in every call
    page: int = PAGE  # sessions in a page of usage data
    client_keys: bool = False  # the other dialect wants X-Client-*, not x-api-*
    loud_http: bool = False  # refusals and wrong keys come with HTTP 200
    numbers: bool = False  # 12 where the pages show "12"
    names: Names = ()  # what is called otherwise in answers; with no name it is left out
    bare_subaccounts: bool = False  # 2001 where the samples show sub_2001
    lists: tuple[str, ...] = ("POST", "GET")  # how the two lists are asked for
    manners: tuple[Manner, ...] = ()  # what is taken in one way only

    def heard(self, path: str, params: Params) -> Params:
        """The parameters as the account understands them, if it takes how they are written."""
        for manner in self.manners:
            if path.startswith(manner.path):
                params = manner.heard(params)
        return params

    def verbs(self, path: str) -> tuple[str, ...]:
        return self.lists if path in LISTS else ("POST",)

    def spoken(self, body: dict[str, Any], status: int) -> tuple[dict[str, Any], int]:
        """An envelope of v3 as this profile words it, and the HTTP status it comes with."""
        if body["status"]["status"] == "OK":
            return self._told(body), status
        return self._refusal(body), 200 if self.loud_http and status in (401, 422) else status

    def _refusal(self, body: dict[str, Any]) -> dict[str, Any]:
        beside = "errors" in body
        errors = {**(body if beside else body["status"])["errors"]}
        codes = errors.get("error_code")
        if isinstance(codes, list):
            codes = [*map(self._code, codes, errors["error_message_description"])]
            errors["error_code"] = codes[0] if self.bare_codes and len(codes) == 1 else codes
        elif codes == Profile.key_code:
            errors["error_code"] = self.key_code
        if beside or self.errors_beside:
            return {"status": {"status": "failed"}, "errors": errors}
        return {"status": {"status": "failed", "errors": errors}}

    def _code(self, usual: int, words: str) -> int:
        absent = words.endswith(("not found", "not found."))
        codes = (code for thing, code in self.missing if absent and words.startswith(thing))
        return next(codes, usual)

    def _told(self, value: Any) -> Any:
        """An answer in the names and types of this profile, wherever they stand in it."""
        if isinstance(value, dict):
            return dict(filter(None, (self._named(name, each) for name, each in value.items())))
        if isinstance(value, list):
            return [self._told(each) for each in value]
        if isinstance(value, str):
            return self._written(value)
        return value

    def _written(self, text: str) -> str | int:
        if self.bare_subaccounts:
            text = re.sub(r"\Asub_(?=[0-9]+\Z)", "", text)
        return int(text) if self.numbers and WHOLE.fullmatch(text) else text

    def _named(self, name: str, value: Any) -> tuple[str, Any] | None:
        known = dict(self.names).get(name, name)
        if not known:
            return None
        if known != name and known in TYPES:
            value = TYPES[known](value)
        return known, self._told(value)


PROFILES = {
    DOCUMENTED: Profile(),
    "errors_beside": Profile(errors_beside=True),
    "bare_codes": Profile(bare_codes=True),
    "keys_in_their_family": Profile(key_code=100),
    "missing_505_502": Profile(missing=(("Loyalty card", 505), ("Directory", 502))),
    "missing_507": Profile(missing=(("Loyalty card", 507), ("Directory", 507))),
    "pages_of_100": Profile(page=100),
    "client_keys_everywhere": Profile(client_keys=True),
    "loud_http": Profile(loud_http=True),
    "numbers": Profile(numbers=True),
    "sequence_id": Profile(names=(("sequenceid", "sequence_id"),)),
    "sequenceid": Profile(names=(("sequence_id", "sequenceid"),)),
    "unvoided_alone": Profile(names=(("voided_date_utc", ""),)),
    "voided_alone": Profile(names=(("unvoided_date_utc", ""),)),
    "bare_subaccounts": Profile(bare_subaccounts=True, manners=(BARE_SUBACCOUNT,)),
    "lists_are_got": Profile(lists=("GET",)),
    "older_names": Profile(manners=(Manner(LOYALTY_USER, "first_name", NOTHING),)),
    "as_printed": Profile(lists=("POST",), manners=AS_PRINTED),
    "as_a_client_writes": Profile(manners=AS_A_CLIENT_WRITES),
}


def profile_of(name: object) -> Profile:
    """The profile of that name; a ValueError names those there are."""
    if not isinstance(name, str) or name not in PROFILES:
        raise ValueError(f"profile is one of {', '.join(PROFILES)}")
    return PROFILES[name]
