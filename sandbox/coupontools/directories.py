"""Calls of v3 about directories, those who registered there, and categories.

Guessed, as the reference shows no answers: the rows beyond id, name and address; 507 also for a
missing user; `amount_of_users` counts the page, as `amount_of_results` does for usage data.
"""

from typing import Any

from sandbox.coupontools import rules
from sandbox.coupontools.account import Account, seconds, written
from sandbox.coupontools.answers import Failure
from sandbox.coupontools.campaigns import item
from sandbox.coupontools.lookups import directory_of
from sandbox.coupontools.registrations import Category, Directory, Registered
from sandbox.coupontools.rules import Params, choice, needed

PAGE = 100


def list_directories(account: Account, _: Params) -> dict[str, Any]:
    shown = [_item(each) for each in account.directories.all.values()]
    return {"amount_of_directories": len(shown), "directory": shown}


def directory_info(account: Account, params: Params) -> dict[str, Any]:
    return {"directory": _item(directory_of(account, params))}


def _item(directory: Directory) -> dict[str, str]:
    return {"ID": directory.id, "name": directory.name}


def directory_campaigns(account: Account, params: Params) -> dict[str, Any]:
    directory = directory_of(account, params)
    held = [account.campaigns[id] for id in directory.campaigns if id in account.campaigns]
    return {"directory": directory.id, "coupon_info": [item(each) for each in held]}


def list_users(account: Account, params: Params) -> dict[str, Any]:
    directory = directory_of(account, params)
    page = rules.positive(params, "page") or 1
    users = [_row(one) for one in directory.newest[(page - 1) * PAGE : page * PAGE]]
    return {"directory": directory.id, "amount_of_users": len(users), "users": users}


def _row(user: Registered) -> dict[str, str]:
    return {
        "ID": user.id,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "phone": user.phone,
        "created_date_utc": written(user.created),
        "payment_status": "paid" if user.paid else "unpaid",
        "blocked": "1" if user.blocked else "0",
    }


def update_user(account: Account, params: Params) -> dict[str, Any]:
    """What is paid here is the access of v4, without an end."""
    directory = directory_of(account, params)
    id = rules.shaped(params, "user", r"reg_[0-9]+")
    if id not in directory.users:
        raise Failure((507, "User ID not found"))
    needed(params, "payment_status")
    status = choice(params, "payment_status", ("paid", "unpaid"))
    user = directory.users[id]
    user.paid, user.expires_at = status == "paid", ""
    about = {"directory": directory.id, "user": user.id}
    account.directories.updates.append(
        {**about, "payment_status": status, "at": written(seconds())}
    )
    return about


def list_categories(account: Account, _: Params) -> dict[str, Any]:
    return _categories(account, main=False)


def list_main_categories(account: Account, _: Params) -> dict[str, Any]:
    """None of them is an answer: the reference names no error for an account without."""
    return _categories(account, main=True)


def _categories(account: Account, *, main: bool) -> dict[str, Any]:
    shown = [_category(each) for each in account.directories.categories if each.main is main]
    return {"amount_of_categories": len(shown), "category": shown}


def _category(category: Category) -> dict[str, str]:
    parent = {} if category.main else {"parent": category.parent}
    return {"ID": category.id, "name": category.name, **parent}
