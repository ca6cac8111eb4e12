"""How the account answers where what is published of it disagrees."""

import re
from dataclasses import dataclass
from typing import Any

PAGE = 5000
WHOLE = re.compile(r"0|[1-9][0-9]{0,14}")
DOCUMENTED = "documented"


@dataclass(frozen=True)
class Profile:
    """The defaults are what the vendor's own pages say; each field is one source that differs."""

    errors_beside: bool = False  # `errors` beside `status` in every refusal, not of one push alone
    bare_codes: bool = False  # `error_code` a number, and no list, when there is only one
    page: int = PAGE  # sessions in a page of usage data
    client_keys: bool = False  # the other dialect wants X-Client-*, not x-api-*
    loud_http: bool = False  # refusals and wrong keys come with HTTP 200
    numbers: bool = False  # 12 where the pages show "12"

    def spoken(self, body: dict[str, Any], status: int) -> tuple[dict[str, Any], int]:
        """An envelope of v3 as this profile words it, and the HTTP status it comes with."""
        if body["status"]["status"] == "OK":
            return (_numbered(body) if self.numbers else body), status
        return self._refusal(body), 200 if self.loud_http and status in (401, 422) else status

    def _refusal(self, body: dict[str, Any]) -> dict[str, Any]:
        beside = "errors" in body
        errors = {**(body if beside else body["status"])["errors"]}
        codes = errors.get("error_code")
        if self.bare_codes and isinstance(codes, list) and len(codes) == 1:
            errors["error_code"] = codes[0]
        if beside or self.errors_beside:
            return {"status": {"status": "failed"}, "errors": errors}
        return {"status": {"status": "failed", "errors": errors}}


PROFILES = {
    DOCUMENTED: Profile(),
    "errors_beside": Profile(errors_beside=True),
    "bare_codes": Profile(bare_codes=True),
    "pages_of_100": Profile(page=100),
    "client_keys_everywhere": Profile(client_keys=True),
    "loud_http": Profile(loud_http=True),
    "numbers": Profile(numbers=True),
}


def profile_of(name: object) -> Profile:
    """The profile of that name; a ValueError names those there are."""
    if not isinstance(name, str) or name not in PROFILES:
        raise ValueError(f"profile is one of {', '.join(PROFILES)}")
    return PROFILES[name]


def _numbered(value: Any) -> Any:
    """Whatever looks like a whole number becomes one, wherever it stands, as PHP can be told to."""
    if isinstance(value, dict):
        return {name: _numbered(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_numbered(each) for each in value]
    return int(value) if isinstance(value, str) and WHOLE.fullmatch(value) else value
