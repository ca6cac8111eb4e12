"""The catalogue: every action, area by area, in the order in which people see them."""

from actions.action import Catalog
from actions.catalog import (
    accounts,
    campaign_create,
    campaigns,
    directories,
    directory_numbered,
    directory_users,
    loyalty,
    loyalty_holders,
    loyalty_numbered,
    message_groups,
    messages,
    pushes,
    session_changes,
    sessions,
    single_use,
    single_use_one,
    subaccount_keys,
    subaccounts,
    usage,
    webhooks,
)

AREAS = (
    campaigns,
    campaign_create,
    usage,
    pushes,
    sessions,
    session_changes,
    single_use,
    single_use_one,
    loyalty,
    loyalty_numbered,
    loyalty_holders,
    directories,
    directory_numbered,
    directory_users,
    messages,
    message_groups,
    subaccounts,
    subaccount_keys,
    accounts,
    webhooks,
)
CATALOG = Catalog([action for area in AREAS for action in area.ACTIONS])
