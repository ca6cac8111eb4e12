"""Everything one sandbox is made of, in one place."""

from dataclasses import dataclass, field

from sandbox.slack.deliver import Courier
from sandbox.slack.faults import Faults
from sandbox.slack.limits import Limits
from sandbox.slack.world import World


@dataclass
class Sandbox:
    """A workspace with its surroundings; `app.state.sandbox` of the application."""

    world: World
    courier: Courier
    limits: Limits
    faults: Faults = field(default_factory=Faults)
    coupontools: str | None = None

    def reset(self) -> None:
        with self.world.lock:
            self.world.reset()
        self.courier.forget()
        self.limits.forget()
        self.faults.clear()
