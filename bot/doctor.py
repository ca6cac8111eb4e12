"""`vouchdesk doctor`: what is set, what answers, what is missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from sqlalchemy.exc import SQLAlchemyError

from actions.policy import Policy
from actions.rulebook import BUILT_IN, BadPolicy, builtin, of_file
from actions.rules import APPROVER, OPERATOR
from bot.errors import explain
from bot.manifest import SCOPES
from bot.office import Office, slack_client
from bot.people import SlackPeople, roles
from bot.proving import prove
from bot.settings import Settings
from bot.stuck import failed, stuck
from coupontools.endpoints import CAMPAIGN_LIST
from coupontools.errors import ApiError
from store import queries, schema
from store.checkpoints import break_at
from store.queries import chain
from store.signing import Sort

AUTH_ERRORS = ("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired")


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `ok` is None when it only informs."""

    what: str
    ok: bool | None
    words: str


def examine(office: Office, settings: Settings) -> Iterator[Finding]:
    """Policy, database, Slack and account, in this order; asks, changes nothing.

    The office may be opened without the policy file, so that a broken one is a finding.
    """
    yield from _settings(settings)
    policy = None
    try:
        policy = of_file(settings.vouchdesk_policy) if settings.vouchdesk_policy else builtin()
    except BadPolicy as error:
        words = f"{error} A running bot keeps the one before it, and would not start again."
        yield Finding("policy", False, words)
    else:
        name = settings.vouchdesk_policy or BUILT_IN
        words = f"{name}, version {policy.version}, {len(policy.rules)} rules"
        yield Finding("policy", True, words)
    yield from _database(office)
    yield from _record(office, settings)
    yield from _slack(settings, policy)
    yield from _account(office)


def live(office: Office) -> Iterator[Finding]:
    """Call every read of the registry: proven, refused, or different from what is read of it."""
    with office.store.look() as tx:
        accounts = queries.accounts(tx)
    for account in accounts[:1]:
        for proof in prove(office.clients(account)):
            words = f"{proof.verdict}: {proof.words}"
            yield Finding(proof.endpoint.id, proof.ok, words)


def slack_problems(client: WebClient) -> list[str]:
    """What Slack says is missing: a good token, scopes. Raises when Slack cannot be asked."""
    try:
        answer = client.auth_test()
    except SlackApiError as error:
        if error.response.get("error") in AUTH_ERRORS:
            return [f"SLACK_BOT_TOKEN (Slack says {error.response['error']})"]
        raise
    granted = str(answer.headers.get("x-oauth-scopes", "")).replace(" ", "").split(",")
    missing = [scope for scope in SCOPES if scope not in granted]
    return [f"scope {scope} (install the app again from manifest.yml)" for scope in missing]


def _settings(settings: Settings) -> Iterator[Finding]:
    missing = settings.missing()
    yield Finding("settings", not missing, "; ".join(missing) or "complete")


def _database(office: Office) -> Iterator[Finding]:
    try:
        has, wants = schema.revision(office.store)
        with office.store.look() as tx:
            counts = queries.counts(tx)
            waits = [*stuck(tx, office.now())]
            lately = [*failed(tx, office.now())]
    except SQLAlchemyError as error:
        yield Finding("database", False, explain(error))
        return
    kind = office.store.url.get_backend_name()
    yield Finding("database", has == wants, f"{kind}, schema {has or 'none'} of {wants}")
    words = ", ".join(f"{count:,} {state}" for state, count in counts.items())
    yield Finding("rows", None, words or "nothing yet")
    for what, words in waits:
        yield Finding(what, False, words)
    for what, words in lately:
        yield Finding(what, None, words)


def _record(office: Office, settings: Settings) -> Iterator[Finding]:
    """Whether the record is signed, told elsewhere, and goes on from where it was signed last."""
    if not office.signer.is_able:
        words = "no VOUCHDESK_AUDIT_KEY: nothing is signed, so who can write can write all anew"
        yield Finding("record", None, f"{words}; make a key with: vouchdesk audit key")
        if settings.vouchdesk_audit_days:
            yield Finding("VOUCHDESK_AUDIT_DAYS", False, "nothing is removed without that key")
        return
    yield Finding("record", None, f"public key {office.signer.public_keys[0]}")
    if not (settings.vouchdesk_audit_channel or settings.vouchdesk_audit_file):
        words = "checkpoints stay in the database: set it, so that others hold them too"
        yield Finding("VOUCHDESK_AUDIT_CHANNEL", None, words)
    with office.store.look() as tx:
        last = chain.newest(tx, Sort.CHECKPOINT)
        broken = break_at(tx, last, office.signer) if last else ""
    if last:
        words = f"up to entry {last.number:,}, {last.at:%Y-%m-%d %H:%M} UTC"
        yield Finding("checkpoint", not broken, broken or words)


def _slack(settings: Settings, policy: Policy | None) -> Iterator[Finding]:
    client = slack_client(settings)
    try:
        problems = slack_problems(client)
        yield Finding("slack", not problems, "; ".join(problems) or "answers, all scopes granted")
        if problems:
            return
        known = roles(settings.vouchdesk_approvers, settings.vouchdesk_operators)
        people = SlackPeople(client, known, "UTC")
        for handle in people.missing_groups():
            needed = known[handle] != OPERATOR
            words = "no such user group, so nobody can approve" if needed else "no such user group"
            yield Finding(f"@{handle}", not needed, words)
        if policy:
            yield from _groups(policy, people)
    except SlackApiError as error:
        yield Finding("slack", False, explain(error))
    except (SlackClientError, OSError) as error:
        yield Finding("slack", False, f"cannot be reached ({type(error).__name__})")


def _groups(policy: Policy, people: SlackPeople) -> Iterator[Finding]:
    """User groups that the policy names and the workspace does not have, or too small ones."""
    named = {group: rule.name for rule in reversed(policy.rules) for group in rule.named}
    elsewhere = policy.break_glass | (policy.escalation.groups if policy.escalation else set())
    for group in sorted((named.keys() | elsewhere) - {APPROVER, OPERATOR}):
        if not people.groups(frozenset({group})):
            where = f"rule “{named[group]}”" if group in named else "the policy"
            yield Finding(f"@{group}", False, f"no such user group; {where} names it")
    for rule in policy.rules:
        found = len(people.members(rule.groups)) if rule.approvals else 0
        if found < rule.approvals:
            words = f"asks for {rule.approvals} of {' or '.join(sorted(rule.groups))}"
            yield Finding(f"rule {rule.name}", False, f"{words}; these have {found} members")


def _account(office: Office) -> Iterator[Finding]:
    with office.store.look() as tx:
        accounts = queries.accounts(tx)
    if not accounts:
        yield Finding("account", False, "no account is known; set COUPONTOOLS_CLIENT_ID")
    for account in accounts:
        if account.stopped_at:
            words = f"everything outgoing is stopped by {account.stopped_by} since"
            when = f"{account.stopped_at:%Y-%m-%d %H:%M} UTC"
            again = "two approvers let it go again: vouchdesk resume --all"
            yield Finding(f"account {account.name}", None, f"{words} {when}; {again}")
        try:
            found = office.clients(account).call(CAMPAIGN_LIST, {})
        except ApiError as error:
            yield Finding(f"account {account.name}", False, str(error))
        else:
            yield Finding(f"account {account.name}", True, _counted(found))


def _counted(found: Any) -> str:
    campaigns = found.get("coupon_info", []) if isinstance(found, dict) else []
    return f"answers, {len(campaigns):,} campaigns"
