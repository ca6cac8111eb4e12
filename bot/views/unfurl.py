"""The card under a link to a coupon: what any passer-by may read, and nothing of its holder."""

import re
from typing import Any

from actions.addresses import Address
from actions.replies import Campaign
from bot.views.blocks import context, facts, section
from bot.views.text import escape

DATE = re.compile(r"\d{4}-\d\d-\d\d")
EVERYBODY = "The address of a campaign: everybody who opens it gets a copy of their own."
ONE_COPY = (
    ":warning: The address of one person's copy: it can be used once, by whoever is first. "
    "Whose it is, is not shown here."
)


def unfurl(campaign: Campaign, address: Address) -> dict[str, Any]:
    """Name, status and last day; what else is known of a coupon is for those who look it up."""
    name = campaign.name or campaign.title or "A coupon campaign"
    ends = DATE.match(campaign.expirydate)
    known = (("Status", campaign.status), ("Ends", ends[0] if ends else ""))
    blocks = [
        section(f":ticket: *{escape(name, 200)}*"),
        *facts(known, limit=60),
        context(ONE_COPY if address.session else EVERYBODY),
    ]
    return {"blocks": [block.to_dict() for block in blocks]}
