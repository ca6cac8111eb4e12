"""What the control API tells of loyalty, directories, messages, subaccounts and webhooks."""

from typing import Any

from sandbox.coupontools.account import Account, Subaccount, written
from sandbox.coupontools.courier import Event
from sandbox.coupontools.holders import Card
from sandbox.coupontools.registrations import Directory
from sandbox.coupontools.webhooks import shown


def holds(account: Account) -> dict[str, Any]:
    """Counts, and what was done; no key, password, token or link to sign on."""
    loyalty, directories, post = account.loyalty, account.directories, account.post
    return {
        "subaccounts": {
            "all": [_subaccount(each) for each in account.subaccounts.values()],
            "created": account.subaccounts_created,
            "updated": account.subaccounts_updated,
            "resets": account.resets,
        },
        "sign_ons": account.sign_ons,
        "loyalty": {
            "cards": [_card(card) for card in loyalty.cards.values()],
            "holders": len(loyalty.holders),
            "created": loyalty.created,
            "copied": loyalty.copied,
        },
        "loyalty_updates": loyalty.updates,
        "loyalty_pushes": loyalty.pushes,
        "directories": [_directory(each) for each in directories.all.values()],
        "directory_updates": directories.updates,
        "access": directories.access,
        "categories": len(directories.categories),
        "messages": post.sent,
        "balance": post.balance,
        "groups": [
            {"ID": each.id, "name": each.name, "contacts": len(each.contacts)}
            for each in (*post.sms_groups.values(), *post.email_groups.values())
        ],
        "webhooks": [shown(webhook) for webhook in account.webhooks.values()],
        "events": [_event(event) for event in [*account.events.values()]],
    }


def _subaccount(each: Subaccount) -> dict[str, Any]:
    return {
        "ID": each.id,
        "email": each.email,
        "first_name": each.first_name,
        "last_name": each.last_name,
        "company_name": each.company_name,
        "country": each.country,
        "package": each.package,
        "status": each.status,
        "expiry_date": each.account.expiry,
        "campaigns": len(each.account.campaigns),
    }


def _card(card: Card) -> dict[str, Any]:
    held = card.holdings.values()
    return {
        "ID": card.id,
        "id": card.number,
        "name": card.name,
        "type": card.type,
        "status": card.status,
        "holders": len(held),
        "saved": sum(each.saved for each in held),
        "voided": sum(each.voided for each in held),
        "points": sum(each.points for each in held),
    }


def _directory(each: Directory) -> dict[str, Any]:
    users = each.users.values()
    return {
        "ID": each.id,
        "id": each.number,
        "name": each.name,
        "campaigns": len(each.campaigns),
        "users": len(users),
        "paid": sum(user.paid for user in users),
        "blocked": sum(user.blocked for user in users),
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "ID": event.id,
        "type": event.type,
        "campaign": event.campaign,
        "session": event.session,
        "at": written(event.at),
        "deliveries": [*event.deliveries],
    }
