"""How long the model is played: a little in the suite, HYPOTHESIS_PROFILE=long for an evening."""

import os

from hypothesis import HealthCheck, Phase, Verbosity, settings

QUIET = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large)
PLAY = (Phase.explicit, Phase.reuse, Phase.generate)
"""Not `explain`: it plays for minutes more, and the story of a failure explains itself."""
EASY = {
    "deadline": None,
    "suppress_health_check": QUIET,
    "print_blob": True,
    "report_multiple_bugs": False,
}

settings.register_profile(
    "short",
    max_examples=9,
    stateful_step_count=36,
    derandomize=True,
    database=None,
    phases=PLAY,  # a failure is told as it was found: making its story shorter takes minutes
    **EASY,
)
settings.register_profile(
    "long",
    max_examples=400,
    stateful_step_count=60,
    verbosity=Verbosity.normal,
    phases=(*PLAY, Phase.shrink),
    **EASY,
)


def chosen() -> settings:
    """The profile that the environment names."""
    return settings.get_profile(os.environ.get("HYPOTHESIS_PROFILE", "short"))
