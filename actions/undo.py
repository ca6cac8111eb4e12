"""What can be taken back of what was done: told before anybody agrees, offered afterwards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from actions.card import Offer
from actions.fields import Inputs, Reply

I = TypeVar("I", bound=Inputs, contravariant=True)  # noqa: E741  as in Action[I, O]: inputs
O = TypeVar("O", bound=Reply, contravariant=True)  # noqa: E741  as in Action[I, O]: output


@dataclass(frozen=True, eq=False)
class Undo(Generic[I, O]):
    """How an action is reversed, as far as the API can do it.

    `words` say it for whatever is asked, in at most 100 characters; `told` says it more closely of
    given inputs. `offer` makes of the inputs and the answer of a run what takes that run back: an
    ordinary request, with the ordinary approval. It never carries anything private.
    """

    words: str
    told: Callable[[Mapping[str, Any]], str] | None = None
    offer: Callable[[I, O], Offer | None] | None = None

    def of(self, given: Mapping[str, Any]) -> str:
        """What can be taken back of a request with these inputs."""
        return self.told(given) if self.told else self.words

    def next(self, asked: I, done: O) -> tuple[Offer, ...]:
        """What takes back a run that is done, if anything does."""
        offered = self.offer(asked, done) if self.offer else None
        return (offered,) if offered else ()


PUSHED: Undo[Any, Any] = Undo("A push cannot be recalled")
SHOWN: Undo[Any, Any] = Undo("No call takes it back: whoever has seen it can use it")
"""A link, a token, a key."""
