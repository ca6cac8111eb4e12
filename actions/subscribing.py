"""Channels that subscribe to what happens: who may have them do so, and when it ends."""

from collections.abc import Sequence

from actions import rights
from actions.desk import Now
from actions.errors import Declined, NotAllowed, UnknownThing
from actions.policy import People, Person
from actions.wanting import Wish, in_words
from store import queries
from store.db import Store
from store.hooks import Subscription
from store.kinds import Kind
from store.lifecycle import note
from store.queries import subscriptions
from store.secrets import Forged, Vault
from store.tables import new_id

STAMP = "subscription:"
MOST = 200
"""Subscriptions of an account: each event is held against all of them."""


class Subscribing:
    """Begins and ends subscriptions; each is on record."""

    def __init__(self, store: Store, vault: Vault, people: People, now: Now) -> None:
        self._store, self._vault, self._people, self._now = store, vault, people, now

    def begin(self, wish: Wish, *, channel: str, account: str, actor: str) -> Subscription:
        """From now on that channel is told; raises `Declined`."""
        person = self._allowed(actor)
        new = Subscription(
            id=new_id("sub"),
            account=account,
            channel=channel,
            actor=actor,
            at=self._now(),
            kinds=" ".join(wish.kinds),
            campaign=wish.campaign,
            tag=wish.tag,
            rule=wish.rule,
            step=wish.step,
            most=wish.most,
            quiet=wish.quiet,
            timezone=person.zone,
            count=wish.start,
            told=wish.start,
        )
        with self._store.begin() as tx:
            if queries.account(tx, account) is None:
                raise UnknownThing(f"There is no account “{account[:80]}”.")
            there = subscriptions.live(tx, account)
            if len(there) >= MOST:
                raise Declined(f"There are {MOST} subscriptions already; end one of them first.")
            if any(_same(each, new) for each in there):
                raise Declined("This channel has subscribed to exactly that already.")
            tx.add(new)
            words = f"{channel}: {in_words(new)}"
            note(tx, Kind.SUBSCRIBED, actor=actor, at=self._now(), because=words, account=account)
        return new

    def end(self, id: str, *, actor: str, because: str = "") -> Subscription:
        """That channel is told no more of it; raises `Declined`."""
        self._allowed(actor)
        with self._store.begin() as tx:
            found = subscriptions.subscription(tx, id)
            if found is None or found.ended_at:
                raise UnknownThing(f"There is no subscription {id[:80]} any more.")
            found.ended_at = self._now()
            tx.add(found)
            words = f"{found.channel}: {in_words(found)}{because}"
            note(
                tx,
                Kind.UNSUBSCRIBED,
                actor=actor,
                at=self._now(),
                because=words,
                account=found.account,
            )
        return found

    def end_stamped(self, stamp: str, *, actor: str) -> Subscription:
        """The same, of a button that we have drawn; raises `Declined`."""
        try:
            id = self._vault.stamped(stamp).removeprefix(STAMP)
        except Forged:
            raise UnknownThing(f"There is nothing on record as “{stamp[:80]}”.") from None
        return self.end(id, actor=actor)

    def stamp(self, each: Subscription) -> str:
        """What a button carries that ends it."""
        return self._vault.stamp(f"{STAMP}{each.id}")

    def of(self, channel: str = "") -> Sequence[Subscription]:
        """All that last, or those of a channel."""
        with self._store.look() as tx:
            return subscriptions.live(tx, channel=channel)

    def may(self, actor: str) -> bool:
        """Whether this person may begin and end them."""
        return rights.may_announce(self._people(actor))

    def _allowed(self, actor: str) -> Person:
        person = self._people(actor)
        rights.to_ask(person)
        if not rights.may_announce(person):
            raise NotAllowed("Only approvers and operators can subscribe a channel. Ask one.")
        return person


def _same(one: Subscription, other: Subscription) -> bool:
    names = ("channel", "kinds", "campaign", "tag", "rule", "step", "most", "quiet")
    return all(getattr(one, name) == getattr(other, name) for name in names)
