"""`vouchdesk policy`: what one decides and why, how the past would have gone, a file's faults."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from sqlmodel import Session

from actions import policy
from actions.action import AnyAction, Risk
from actions.catalog import CATALOG
from actions.desk import When
from actions.policy import Person, Policy
from actions.privacy import sealed
from actions.rulebook import Rulebook, of_file
from actions.rules import Facts
from actions.terms import Terms
from actions.weighing import Weighing, facts_of, noted, terms_of
from actions.wording import duration
from bot.console import Json, office, out, pairs, show_json, trouble
from bot.office import Office, console_desk, slack_people
from bot.people import is_slack_id
from bot.policy_words import facts_told, terms_told, told, why_not
from bot.settings import Settings
from schedules.planning import plan
from store.queries.history import requests_since
from store.tables import Account, Consent, Request

commands = typer.Typer(no_args_is_help=True, help="The rules: who may, and who has to agree.")

Other = Annotated[Path | None, typer.Option("--policy", help="Instead of the one in force.")]
UNKNOWN = "unknown"


@commands.command()
def check(
    file: Annotated[Path | None, typer.Argument(help="The one in force if left out.")] = None,
    as_json: Json = False,
) -> None:
    """Read a policy file; exit code 1 and the line if it cannot be used."""
    with trouble():
        book = Rulebook(file or Settings().vouchdesk_policy, lambda *_: None)
        found = {"file": book.name, "version": book.current.version}
        if as_json:
            show_json({**found, "rules": [rule.name for rule in book.current.rules]})
            return
        words = f"{len(book.current.rules)} rules, version {book.current.version}"
        out.print(f"{book.name} can be used: {words}.", highlight=False, markup=False)


@commands.command()
def test(
    name: Annotated[str, typer.Argument(help="An action.")],
    given: Annotated[list[str] | None, typer.Option("--input", help="KEY=VALUE")] = None,
    reach: Annotated[str, typer.Option(help="How many people: a number, or unknown.")] = "",
    rows: Annotated[int, typer.Option(min=1, help="Of a sheet.")] = 1,
    actor: Annotated[str, typer.Option("--as", help="Who asks.")] = "operator",
    role: Annotated[list[str] | None, typer.Option(help="Instead of what Slack says.")] = None,
    at: Annotated[str, typer.Option(help="A moment, ISO 8601.")] = "",
    cron: Annotated[str, typer.Option(help="Minute hour day month weekday.")] = "",
    zone: Annotated[str, typer.Option(help="The zone of --at and --cron.")] = "",
    other: Other = None,
    as_json: Json = False,
) -> None:
    """What the policy would say to a wish, and why; nothing is asked for."""
    with trouble(), office() as at_work:
        action = CATALOG[name]
        book = of_file(other) if other else at_work.rulebook.current
        zone = zone or at_work.settings.vouchdesk_timezone
        when = plan({"at": at, "crontab": cron, "timezone": zone}, at_work.now())
        request, account = _wish(at_work, action, pairs(given or []), when)
        person = _person(at_work.settings, actor, role)
        people = None if reach in ("", UNKNOWN) else _number(reach)
        weighing = Weighing(CATALOG, at_work.vault, lambda: book, at_work.now)
        with at_work.store.look() as tx:
            facts = weighing.facts(tx, request, account, person, people)
        looked = bool(reach) or action.risk is not Risk.BLAST
        found = Explained(book, replace(facts, rows=rows), looked)
        if as_json:
            show_json(found.as_json())
        else:
            _show(found)


@commands.command()
def replay(
    since: Annotated[str, typer.Option(help="How far back: 30d, 12h …")] = "30d",
    other: Other = None,
    as_json: Json = False,
) -> None:
    """How what was asked for would have gone under this policy; changes nothing."""
    with trouble(), office() as at_work:
        book = of_file(other) if other else at_work.rulebook.current
        with at_work.store.look() as tx:
            found = replayed(tx, book, at_work.now() - _back(since))
        origin = str(other or at_work.rulebook.name)
        if as_json:
            show_json({"policy": book.version, "file": origin, **found.as_json()})
        else:
            _show_replay(found, f"{origin}, version {book.version}")


@dataclass(frozen=True)
class Explained:
    """One decision, and what led to it."""

    book: Policy
    facts: Facts
    looked: bool

    @property
    def terms(self) -> Terms:
        return policy.decide(self.book, self.facts, looked=self.looked)

    def verdicts(self) -> list[tuple[str, str]]:
        """Each rule, and why it does not match; empty words: it does."""
        return [
            (rule.name, why_not(rule, self.facts, looked=self.looked)) for rule in self.book.rules
        ]

    def as_json(self) -> dict[str, Any]:
        terms = self.terms
        return {
            "policy": self.book.version,
            "facts": noted(self.facts),
            "looked": self.looked,
            "rules": [
                {"rule": name, "matches": not why, "why_not": why} for name, why in self.verdicts()
            ],
            "refusal": terms.refusal,
            "needs": [
                {"count": need.count, "from": sorted(need.groups), "rule": need.rule}
                for need in terms.needs
            ],
            "brake_seconds": int(terms.brake.total_seconds()),
            "quiet": [f"{each.start:%H:%M}-{each.until:%H:%M}" for each in terms.quiet],
            "blackout": [told(days) for days in terms.blackout],
            "words": terms_told(terms),
        }


@dataclass(frozen=True)
class Replay:
    """Id, action, then and now of each request; those that would have gone otherwise first."""

    rows: list[tuple[str, str, str, str]]
    unknown: int

    @property
    def otherwise(self) -> int:
        return sum(then != now for _, _, then, now in self.rows)

    def as_json(self) -> dict[str, Any]:
        names = ("request", "action", "then", "now")
        rows = [dict(zip(names, row, strict=True)) for row in self.rows]
        return {
            "looked_at": len(rows),
            "otherwise": self.otherwise,
            "without_facts": self.unknown,
            "requests": [{**row, "same": row["then"] == row["now"]} for row in rows],
        }


def _wish(
    at_work: Office, action: AnyAction, raw: dict[str, str], when: When
) -> tuple[Request, Account]:
    """A request that is never put on record; without inputs, when none are named."""
    desk = console_desk(at_work)
    account = desk.account()
    rows = [sealed(desk.check(action.name, raw, account), at_work.vault)] if raw else []
    request = Request(
        account=account.name,
        action=action.name,
        inputs=rows,
        actor="",
        asked_at=at_work.now(),
        state=Consent.ASKED,
        planned_at=when.at,
        crontab=when.crontab,
        timezone=when.timezone,
    )
    return request, account


def _person(settings: Settings, actor: str, roles: list[str] | None) -> Person:
    """With the roles that are named; else with those that Slack gives."""
    if roles is None and is_slack_id(actor) and settings.slack_bot_token.get_secret_value():
        return slack_people(settings)(actor)
    return Person(actor, actor, roles=frozenset(roles or ()))


def _number(reach: str) -> int:
    plain = reach.replace(",", "")
    if not plain.isdecimal():
        raise typer.BadParameter("--reach takes a number, or unknown")
    return int(plain)


def _back(said: str) -> timedelta:
    try:
        return duration(said)
    except ValueError as error:
        raise typer.BadParameter(f"--since: {error}") from None


def replayed(tx: Session, book: Policy, since: datetime) -> Replay:
    rows, unknown = [], 0
    for request in requests_since(tx, since):
        facts = facts_of(request)
        if facts is None or not request.terms:
            unknown += 1
            continue
        now = terms_told(policy.decide(book, facts))
        rows.append((request.id, request.action, terms_told(terms_of(request)), now))
    return Replay(sorted(rows, key=lambda row: row[2] == row[3]), unknown)


def _show(found: Explained) -> None:
    facts = Table("fact", "value")
    for row in facts_told(found.facts):
        facts.add_row(*row)
    rules = Table("rule", "matches", "because")
    for name, why in found.verdicts():
        rules.add_row(name, "no" if why else "yes", why)
    out.print(facts, rules)
    before = "" if found.looked else "At the most, before anybody has counted (--reach N): "
    out.print(f"{before}{terms_told(found.terms)}", highlight=False, markup=False)


def _show_replay(found: Replay, origin: str) -> None:
    table = Table("request", "action", "then", "now")
    for id, action, then, now in found.rows:
        table.add_row(id, action, then, "the same" if then == now else now)
    if found.rows:
        out.print(table)
    changes = Counter((then, now) for _, _, then, now in found.rows if then != now)
    for (then, now), count in changes.most_common():
        out.print(f"{count:,} × {then} → {now}", highlight=False, markup=False)
    words = f"{found.otherwise:,} of {len(found.rows):,} requests would have gone otherwise"
    out.print(f"{words} under {origin}.", highlight=False, markup=False)
    if found.unknown:
        words = "were never looked at, or before facts were kept: nothing can be said of them"
        out.print(f"{found.unknown:,} {words}.", highlight=False)
