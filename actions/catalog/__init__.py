"""The catalogue: every action, area by area, in the order in which people see them."""

from actions.action import Catalog
from actions.catalog import (
    campaign_create,
    campaigns,
    loyalty,
    loyalty_numbered,
    sessions,
    single_use,
)

AREAS = (campaigns, campaign_create, sessions, single_use, loyalty, loyalty_numbered)
CATALOG = Catalog([action for area in AREAS for action in area.ACTIONS])
