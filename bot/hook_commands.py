"""`vouchdesk webhooks`: the address for Coupontools, what came there, and another look at it."""

from typing import Annotated

import typer
from rich.table import Table

from bot.console import Json, office, out, refuse, show_json, trouble
from bot.hooks import PATH
from store import queries
from store.hooks import Check
from store.queries import hooks

commands = typer.Typer(no_args_is_help=True, help="What Coupontools tells by itself.")
INFERRED = (
    "That webhooks exist and how one is checked is on Coupontools' own pages. The calls that make, "
    "list and remove them are only inferred: if they are refused, enter this address in the "
    "dashboard of Coupontools."
)


@commands.command("list")
def list_(
    state: Annotated[Check | None, typer.Option(help="Only those.")] = None,
    limit: int = 50,
    as_json: Json = False,
) -> None:
    """The newest webhooks: what they tell of, what became of them, and why."""
    with trouble(), office() as at_work:
        with at_work.store.look() as tx:
            counts = hooks.by_state(tx)
            found = hooks.newest(tx, (state,) if state else (), limit)
        if as_json:
            hidden = {"sealed", "digest", "asks"}
            rows = [hook.model_dump(mode="json", exclude=hidden) for hook in found]
            show_json({"counts": counts, "webhooks": rows})
            return
        table = Table("id", "at (UTC)", "kind", "event", "came", "state", "why")
        for hook in found:
            when, came = f"{hook.at:%Y-%m-%d %H:%M:%S}", f"{hook.times}×"
            table.add_row(str(hook.id), when, hook.kind, hook.event, came, hook.state, hook.problem)
        out.print(table if found else "No webhook has come yet.")
        out.print(", ".join(f"{count:,} {state}" for state, count in counts.items()))


@commands.command()
def replay(
    ids: Annotated[list[int] | None, typer.Argument(help="As `list` shows them.")] = None,
    dead: Annotated[bool, typer.Option("--dead", help="All that were given up.")] = False,
    actor: Annotated[str, typer.Option("--as", help="Who asks.")] = "operator",
) -> None:
    """Have webhooks looked at again that were given up or taken for forged."""
    with trouble(), office() as at_work:
        if dead:
            with at_work.store.look() as tx:
                ids = [hook.id or 0 for hook in hooks.newest(tx, (Check.DEAD,), 10_000)]
        inbox = at_work.inbox
        for id in ids or ():
            inbox.replay(id, actor=actor)
        out.print(f"A running bot looks at {len(ids or ()):,} of them again.", highlight=False)


@commands.command()
def url(
    renew: Annotated[bool, typer.Option("--renew", help="A new one; the old ends.")] = False,
    actor: Annotated[str, typer.Option("--as", help="Who renews it.")] = "operator",
    as_json: Json = False,
) -> None:
    """The address of each account, to be kept to yourself: who knows it may send us things."""
    with trouble(), office() as at_work:
        addresses = at_work.addresses
        with at_work.store.look() as tx:
            accounts = queries.accounts(tx)
        for account in accounts if renew else ():
            addresses.renew(account, actor=actor, at=at_work.now())
        found = {
            account.name: addresses.url(account) or PATH + addresses.tokens(account)[0]
            for account in accounts
        }
        if not found:
            refuse("There is no Coupontools account.")
        if as_json:
            show_json(found)
            return
        for name, place in found.items():
            out.print(f"{name}: {place}", highlight=False, soft_wrap=True, markup=False)
        if not at_work.settings.vouchdesk_public_url:
            out.print("Set VOUCHDESK_PUBLIC_URL to what stands before it, for the world outside.")
        out.print(INFERRED, highlight=False)
