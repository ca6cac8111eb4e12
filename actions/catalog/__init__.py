"""The catalogue: every action, area by area, in the order in which people see them."""

from actions.action import Catalog
from actions.catalog import campaigns, sessions, single_use

CATALOG = Catalog([*campaigns.ACTIONS, *sessions.ACTIONS, *single_use.ACTIONS])
