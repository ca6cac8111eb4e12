"""v4 calls about directories: the same as in v3, by whole numbers.

Guessed: a user's row beyond `id`, `created_at` and `email`; that the list is whole and has the
newest first; that giving and taking access answer with the user.
"""

from typing import Any

from sandbox.coupontools import rules
from sandbox.coupontools.account import Account, seconds, written
from sandbox.coupontools.answers import Failure, NotThere
from sandbox.coupontools.registrations import Directory, Registered
from sandbox.coupontools.rest_loyalty import iso, params
from sandbox.coupontools.rules import Params, Together, flag, needed, text

PERSON = ("first_name", "last_name", "phone", "address", "zip", "city")
CUSTOM = tuple(f"custom_{number}" for number in range(1, 4))
SIGN_ON = "https://directory.example.test/login"


def list_directories(account: Account, _: list[str], __: Any) -> Any:
    return [_item(each) for each in account.directories.all.values()]


def get_directory(account: Account, ids: list[str], _: Any) -> Any:
    return _item(_directory(account, ids))


def _item(directory: Directory) -> dict[str, Any]:
    return {"id": directory.number, "name": directory.name}


def list_users(account: Account, ids: list[str], _: Any) -> Any:
    return [_row(user) for user in _directory(account, ids).newest]


def get_user(account: Account, ids: list[str], _: Any) -> Any:
    return _row(_user(account, ids)[1])


def _row(user: Registered) -> dict[str, Any]:
    return {
        "id": user.number,
        "created_at": iso(user.created),
        "email": user.email,
        **{name: getattr(user, name) for name in PERSON},
        "birth_date": user.birth_date,
        **{name: user.custom.get(name, "") for name in CUSTOM},
        "blocked": user.blocked,
        "paid": user.paid,
        "expires_at": user.expires_at,
    }


def create_user(account: Account, ids: list[str], given: Any) -> Any:
    """A password is taken and not kept; nor is the one that is made when none is given."""
    directory, wishes, together = _directory(account, ids), params(given), Together()
    email = together.check(_new_email, directory, wishes) or ""
    birth_date = together.check(rules.day, wishes, "birth_date") or ""
    about = {name: together.check(text, wishes, name) or "" for name in PERSON}
    custom = {name: together.check(text, wishes, name) or "" for name in CUSTOM}
    together.check(text, wishes, "password")
    together.done()
    user = account.directories.register(
        directory, seconds(), email, birth_date=birth_date, custom=custom, **about
    )
    _updated(account, directory, user, {"created": True, "email": email})
    return _row(user)


def _new_email(directory: Directory, wishes: Params) -> str:
    needed(wishes, "email")
    found = rules.email(wishes, "email")
    if any(one.email.lower() == found.lower() for one in directory.users.values()):
        raise Failure((304, "Email already exists"))
    return found


def update_user(account: Account, ids: list[str], given: Any) -> Any:
    """Blocking is the only change there is; without it nothing changes."""
    directory, user = _user(account, ids)
    wishes = params(given)
    block = flag(wishes, "block")
    if wishes.get("block") not in (None, ""):
        user.blocked = block
        _updated(account, directory, user, {"blocked": block})
    return _row(user)


def _updated(
    account: Account, directory: Directory, user: Registered, about: dict[str, Any]
) -> None:
    who = {"directory": directory.id, "user": user.id}
    account.directories.updates.append({**who, **about, "at": written(seconds())})


def give_access(account: Account, ids: list[str], given: Any) -> Any:
    return _access(account, ids, paid=True, until=rules.second(params(given), "expires_at"))


def revoke_access(account: Account, ids: list[str], _: Any) -> Any:
    """From somebody who has none, it changes nothing."""
    return _access(account, ids, paid=False, until="")


def _access(account: Account, ids: list[str], *, paid: bool, until: str) -> Any:
    directory, user = _user(account, ids)
    user.paid, user.expires_at = paid, until
    account.directories.access.append(
        {
            "directory": directory.id,
            "user": user.id,
            "access": "given" if paid else "revoked",
            "expires_at": until,
            "at": written(seconds()),
        }
    )
    return _row(user)


def sign_on(account: Account, ids: list[str], _: Any) -> Any:
    user = _user(account, ids)[1]
    made = {"kind": "directory_user", "ID": user.id, "page": "", "campaign": ""}
    account.sign_ons.append({**made, "at": written(seconds())})
    token = account.token(49)
    return {"token": token, "url": f"{SIGN_ON}?token={token}"}


def _directory(account: Account, ids: list[str]) -> Directory:
    for directory in account.directories.all.values():
        if str(directory.number) == ids[0]:
            return directory
    raise NotThere("Directory not found")


def _user(account: Account, ids: list[str]) -> tuple[Directory, Registered]:
    directory = _directory(account, ids)
    for user in directory.users.values():
        if str(user.number) == ids[1]:
            return directory, user
    raise NotThere("User not found")
