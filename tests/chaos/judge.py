"""Holds the sandboxes' own logs against the record, and says what does not fit."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from bot.announcer import ENDINGS
from bot.news import APPROVERS, ASKER
from store import queries
from store.chained import verify_store
from store.db import Store
from store.signing import Signer
from store.tables import (
    Approval,
    AuditEntry,
    Consent,
    Effect,
    Notice,
    Operation,
    Posted,
    Progress,
    Request,
    StepRun,
)
from tests.chaos.crowd import Click, Journal
from tests.chaos.wishes import REPEATABLE, Wish

AT_REST = (
    *(Progress.DONE, Progress.UNCLEAR, Progress.FAILED),
    *(Progress.HELD, Progress.DROPPED),
)
AUDIT_KEY = Signer.new_key()
AUDIT = Signer([AUDIT_KEY])
UNSAVED = "Nothing was saved"
NOT_DONE = (429, 503)
"""With these the account says that it has done nothing."""


@dataclass
class Verdict:
    """What came of everything that was wanted."""

    expected: int = 0
    lost: list[str] = field(default_factory=list)
    sent_twice: list[str] = field(default_factory=list)
    unfounded: list[str] = field(default_factory=list)
    """Unclear, though nothing was in doubt."""
    untold: list[str] = field(default_factory=list)
    told_twice: int = 0
    states: Counter[str] = field(default_factory=Counter)

    @property
    def unclear(self) -> int:
        return self.states[Progress.UNCLEAR]


@dataclass(frozen=True)
class Remembered:
    """What Coupontools and Slack remember."""

    state: Mapping[str, Any]
    calls: Sequence[Mapping[str, Any]]
    messages: Sequence[Mapping[str, Any]]
    whispers: Sequence[Mapping[str, Any]] = ()
    """What only one person was shown."""

    def executed(self) -> Counter[str]:
        """How often what bears a label was done."""
        named = [push["message"] for push in self.state["pushes"]]
        named += [made["name"] for made in self.state["created"]]
        named += [made["customid"] for made in self.state["sessions"]["created"]]
        named += [batch.get("code_prefix") for batch in self.state["batches"]]
        named += [_label(call) for call in self._calls("/couponsession/update")]
        return Counter(filter(None, named))

    def sent(self) -> Counter[str]:
        """How often it was sent, answered or not."""
        found = (_label(call) for call in self.calls if call["status"] not in NOT_DONE)
        return Counter(filter(None, found))

    def excused(self) -> Counter[str]:
        """How often each person was told that nothing came of what they had just done."""
        excuses = (each for each in self.whispers if UNSAVED in str(each["text"]))
        return Counter(str(each["user"]) for each in excuses)

    def _calls(self, path: str) -> list[Mapping[str, Any]]:
        return [call for call in self.calls if path in call["path"]]


def _label(call: Mapping[str, Any]) -> str:
    body = call["body"] if isinstance(call["body"], dict) else {}
    names = ("message", "name", "customid", "code_prefix", "customfield1")
    return next((str(body[name]) for name in names if body.get(name)), "")


def judge(store: Store, journal: Journal, world: Remembered) -> Verdict:
    """The whole of it, once everything is at rest."""
    verdict, executed, sent = Verdict(), world.executed(), world.sent()
    with store.look() as tx:
        for wish in journal.wishes:
            _judge_wish(tx, wish, executed, sent, verdict)
        verdict.lost += _lost_clicks(tx, journal.clicks, world.excused())
        verdict.untold += _untold(tx, world.messages)
        verdict.told_twice = _told_twice(tx, world.messages)
    chain, _ = verify_store(store, AUDIT.publics, at=datetime.now(UTC))
    verdict.lost += [] if chain.is_whole else [f"of the record: {chain.words}"]
    known = {label for wish in journal.wishes for label in wish.labels}
    verdict.sent_twice += [f"{label}: nobody wanted it" for label in executed if label not in known]
    return verdict


def _judge_wish(
    tx: Session, wish: Wish, executed: Counter[str], sent: Counter[str], verdict: Verdict
) -> None:
    request = queries.request_of_token(tx, wish.token) if wish.token else None
    if request is None:
        verdict.expected += wish.heard
        if wish.heard:
            verdict.lost.append(f"{wish.label}: it was said to be on record, and is not")
        verdict.sent_twice += [f"{n}: not on record" for n in wish.labels if executed[n]]
        return
    runs = list(tx.exec(select(Operation).where(Operation.request == request.id)).all())
    verdict.expected += max(len(runs), len(wish.rows))
    verdict.states.update(run.state for run in runs)
    verdict.lost += [f"{wish.label}: {words}" for words in _unfinished(request, wish, runs)]
    for run in runs:
        calls = queries.step_runs(tx, run.id)
        verdict.unfounded += [f"{wish.label}: {words}" for words in _unfounded(run, calls)]
    for label, its in _by_label(wish, runs):
        _judge_runs(label, wish, its, executed[label], sent[label], verdict)


def _by_label(wish: Wish, runs: Sequence[Operation]) -> Iterator[tuple[str, list[Operation]]]:
    if wish.kind == "read":
        return
    for row, label in enumerate(wish.labels):
        yield label, [run for run in runs if run.row == row]


def _judge_runs(
    label: str, wish: Wish, runs: list[Operation], executed: int, sent: int, verdict: Verdict
) -> None:
    states = Counter(run.state for run in runs)
    done, doubtful = states[Progress.DONE], states[Progress.DONE] + states[Progress.UNCLEAR]
    if executed < done:
        verdict.lost.append(f"{label}: done {done} times by the record, {executed} by Coupontools")
    if wish.kind in REPEATABLE:
        return
    if sent > doubtful + states[Progress.FAILED] or executed > doubtful:
        words = f"{label}: sent {sent} times, executed {executed}, on record {dict(states)}"
        verdict.sent_twice.append(words)


def _unfinished(request: Request, wish: Wish, runs: Sequence[Operation]) -> Iterator[str]:
    series = bool(wish.when.crontab)
    ends = (Consent.WITHDRAWN,) if series else (Consent.SPENT,)
    if request.state not in ends:
        yield f"it stands at {request.state} ({request.problem})"
    for run in runs:
        if run.state not in AT_REST:
            yield f"a run is left {run.state}"
        elif run.state is not Progress.DONE and not run.problem:
            yield f"a run is {run.state} without a reason"
    if series:
        yield from _gaps(request, runs)
    elif len([run for run in runs if run.state is not Progress.DROPPED]) < len(wish.rows):
        yield f"{len(runs)} of {len(wish.rows)} rows were launched"


def _gaps(request: Request, runs: Sequence[Operation]) -> Iterator[str]:
    """Each minute once, from the first that was agreed to until it was withdrawn."""
    due = sorted(run.due for run in runs)
    if request.next_at is not None:
        due.append(request.next_at)
    for one, other in zip(due, due[1:], strict=False):
        if other - one != timedelta(minutes=1):
            yield f"after {one:%H:%M} comes {other:%H:%M}"


def _unfounded(run: Operation, calls: Sequence[StepRun]) -> Iterator[str]:
    effects = [call.effect for call in calls]
    if run.state is Progress.UNCLEAR and Effect.UNCLEAR not in effects:
        yield f"a run is unclear, its call {effects}"
    if run.state is Progress.DONE and Effect.CONFIRMED not in effects:
        yield f"a run is done, its call {effects}"
    if run.state is Progress.DROPPED and set(effects) & {Effect.SENT, Effect.CONFIRMED}:
        yield f"a run is dropped, its call {effects}"


def _lost_clicks(tx: Session, clicks: Sequence[Click], excused: Counter[str]) -> Iterator[str]:
    """Yeses that Slack was answered for, and that are neither on record nor excused."""
    heard = Counter((click.request, click.person) for click in clicks if not click.late)
    for (request, person), count in heard.items():
        yes = select(func.count()).where(Approval.request == request, Approval.person == person)
        no = select(func.count()).where(
            AuditEntry.request == request,
            AuditEntry.actor == person,
            AuditEntry.kind == "declined",
        )
        known = tx.exec(yes).one() + tx.exec(no).one()
        if known + excused[person] < count:
            yield f"{request}: {person} was heard {count} times, {known} are on record"


def _untold(tx: Session, messages: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    left = tx.exec(select(func.count()).where(col(Notice.told_at).is_(None))).one()
    if left:
        yield f"{left} notices are not told"
    standing = {(message["channel"], message["ts"]) for message in messages}
    for card in _cards(tx):
        if (card.channel, card.ts) not in standing:
            yield f"the card {card.key} is not there"
    for request, wanted, found in _endings(tx, messages):
        if found < wanted:
            yield f"{request}: of {wanted} endings {found} were told"


def _told_twice(tx: Session, messages: Sequence[Mapping[str, Any]]) -> int:
    """Cards that stand there beside the one that is kept, and endings told again."""
    kept = {(card.channel, card.ts) for card in tx.exec(select(Posted)).all()}
    first = [m for m in messages if not m.get("thread_ts") and m.get("bot_id")]
    beside = sum((message["channel"], message["ts"]) not in kept for message in first)
    return beside + sum(max(found - wanted, 0) for _, wanted, found in _endings(tx, messages))


def _cards(tx: Session) -> list[Posted]:
    cards = tx.exec(select(Posted)).all()
    return [card for card in cards if card.key.endswith((f":{ASKER}", f":{APPROVERS}"))]


def _endings(tx: Session, messages: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, int, int]]:
    """Of each request that is no sheet: how many endings it had, and how many were told."""
    replies = Counter(
        (m["channel"], m["thread_ts"])
        for m in messages
        if m.get("thread_ts") and not m.get("files")
    )
    for request in tx.exec(select(Request)).all():
        card = queries.posted(tx, f"{request.id}:{ASKER}")
        if card is None or len(request.inputs) > 1:
            continue
        ended = select(func.count()).where(
            Notice.request == request.id, col(Notice.became).in_(ENDINGS)
        )
        yield request.id, tx.exec(ended).one(), replies[(card.channel, card.ts)]
