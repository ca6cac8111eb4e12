"""Deciding from the command line: the same checks and the same record as in Slack."""

from typing import Annotated, NoReturn

import typer

from actions.errors import Declined, UnknownThing
from actions.policy import People
from bot.console import Json, office, out, show_json, trouble
from bot.office import Office, slack_people
from bot.people import at_the_console, is_slack_id
from bot.settings import HalfConfigured, Settings
from schedules.planning import moment
from store import queries
from store.tables import Account, Request

CLI = "cli"
Id = Annotated[str, typer.Argument(help="req_…")]
MaybeId = Annotated[str, typer.Argument(help="req_…; or --all.")]
Who = Annotated[str, typer.Option("--as", help="The Slack id of who decides: U012AB3CD.")]
Reason = Annotated[str, typer.Option(help="Why.")]
All = Annotated[bool, typer.Option("--all", help="Everything outgoing of the account.")]


def register(app: typer.Typer) -> None:
    """The commands, beside the others."""
    for command in (approve, refuse, withdraw, stop, resume, shift):
        app.command()(command)


def approve(
    id: Id,
    actor: Who,
    comment: Annotated[str, typer.Option(help="Goes into the thread.")] = "",
    reach: Annotated[str, typer.Option(help="Of a blast: how many people it reaches.")] = "",
    as_json: Json = False,
) -> None:
    """Agree to a request."""
    with trouble(), office() as at_work:
        approvals = at_work.approvals(_people(at_work.settings, actor), CLI)
        version = _version(at_work, id)
        _told(
            approvals.approve(id, version, actor=actor, comment=comment, reached=reach or None),
            as_json,
        )


def refuse(id: Id, actor: Who, reason: Reason, as_json: Json = False) -> None:
    """Say no to a request, with a reason."""
    with trouble(), office() as at_work:
        approvals = at_work.approvals(_people(at_work.settings, actor), CLI)
        version = _version(at_work, id)
        _told(approvals.refuse(id, version, actor=actor, reason=reason), as_json)


def withdraw(id: Id, actor: Who, as_json: Json = False) -> None:
    """Take back what you asked for yourself."""
    with trouble(), office() as at_work:
        desk = at_work.desk(_nobody, CLI)
        _told(desk.withdraw(id, actor=actor), as_json)


def stop(
    actor: Annotated[str, typer.Option("--as", help="A Slack id; or any name, if Slack is down.")],
    id: MaybeId = "",
    every: All = False,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Stop what has not gone out yet: one request, or everything of the account."""
    _one_or_all(id, every)
    with trouble(), office() as at_work:
        people = _people(at_work.settings, actor) if is_slack_id(actor) else at_the_console
        stopping = at_work.stopping(people, CLI)
        if every:
            account = at_work.desk(people).account().name
            _told_all(stopping.stop_all(account, actor=actor, reason=reason), as_json)
        else:
            _told(stopping.pause(id, _version(at_work, id), actor=actor), as_json)


def resume(actor: Who, id: MaybeId = "", every: All = False, as_json: Json = False) -> None:
    """Let go on what was stopped; for everything it takes two people."""
    _one_or_all(id, every)
    with trouble(), office() as at_work:
        people = _people(at_work.settings, actor)
        stopping = at_work.stopping(people, CLI)
        if every:
            account = at_work.desk(people).account().name
            _told_all(stopping.resume_all(account, actor=actor), as_json)
        else:
            _told(stopping.resume(id, _version(at_work, id), actor=actor), as_json)


def shift(
    id: Annotated[str, typer.Argument(help="req_…, or the id of a run that is held.")],
    to: Annotated[str, typer.Option(help="A moment, ISO 8601.")],
    actor: Who,
    zone: Annotated[str, typer.Option(help="The zone of --to.")] = "",
    as_json: Json = False,
) -> None:
    """Move it, or the next run of a series, to another moment; it is asked for anew."""
    with trouble(), office() as at_work:
        at = moment(to, zone or at_work.settings.vouchdesk_timezone, at_work.now())
        shifting = at_work.shifting(_people(at_work.settings, actor), CLI)
        if "." in id:
            _told(shifting.shift_run(id, at, actor=actor), as_json)
        else:
            _told(shifting.shift(id, _version(at_work, id), at, actor=actor), as_json)


def _people(settings: Settings, actor: str) -> People:
    """Slack says who that is and what they may; without it nobody decides anything."""
    if not is_slack_id(actor):
        raise typer.BadParameter("--as takes the Slack id of a person, such as U012AB3CD")
    if not settings.slack_bot_token.get_secret_value():
        raise HalfConfigured(["SLACK_BOT_TOKEN (Slack says who may decide)"])
    return slack_people(settings)


def _nobody(id: str) -> NoReturn:
    raise Declined(f"Nobody was asked who {id} is.")


def _version(at_work: Office, id: str) -> int:
    """The request as it stands: what is decided on is what `vouchdesk explain` shows."""
    with at_work.store.look() as tx:
        request = queries.request_to_run(tx, id)
    if request is None:
        raise UnknownThing(f"There is nothing on record as {id}.")
    return request.version


def _one_or_all(id: str, every: bool) -> None:
    if bool(id) == every:
        raise typer.BadParameter("name a request, or say --all")


def _told(request: Request, as_json: bool) -> None:
    if as_json:
        state = {"state": request.state, "version": request.version}
        show_json({"request": request.id, **state})
    else:
        out.print(f"{request.id} is {request.state}.", highlight=False)


def _told_all(account: Account, as_json: bool) -> None:
    if as_json:
        show_json({"account": account.name, "stopped": account.stopped_at is not None})
    elif account.resumed_by:
        out.print(f"{account.name}: one more approver has to say so.", highlight=False)
    else:
        words = "nothing goes out any more" if account.stopped_at else "everything goes out again"
        out.print(f"{account.name}: {words}.", highlight=False)
