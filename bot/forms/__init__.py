"""Which form asks for which action: derived, unless one is drawn by hand."""

from bot.forms.campaign import CampaignForm
from bot.forms.channel import ChannelForm
from bot.forms.derived import DerivedForm, Form
from bot.forms.push import PushForm
from bot.forms.when import WHEN_FIELDS, read_when, when_blocks, when_given

BY_HAND: dict[str, Form] = {
    "campaign.create": CampaignForm(),
    "campaign.push_all": PushForm(),
    "campaign.report": ChannelForm(),
    "loyalty.push_all": PushForm(),
}
DERIVED: Form = DerivedForm()

__all__ = [
    "BY_HAND",
    "DerivedForm",
    "Form",
    "WHEN_FIELDS",
    "form_for",
    "read_when",
    "when_blocks",
    "when_given",
]


def form_for(name: str) -> Form:
    """The form of that action."""
    return BY_HAND.get(name, DERIVED)
