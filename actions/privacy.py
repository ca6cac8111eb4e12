"""Private values: sealed on their way into a row, opened on their way out."""

from collections.abc import Mapping
from typing import Any

from actions.errors import Declined
from actions.fields import Inputs, is_private
from actions.removed import Removed
from store.secrets import REMOVED, SEALED, Vault
from store.tables import Operation, Request


def sealed(inputs: Inputs, vault: Vault) -> dict[str, Any]:
    """Checked inputs as JSON for a row; what is about a person only the vault can read."""
    kept = inputs.model_dump(mode="json", exclude_none=True)
    for name, field in type(inputs).model_fields.items():
        if name in kept and is_private(field):
            kept[name] = {SEALED: vault.seal(kept[name])}
    return kept


def opened(kept: Mapping[str, Any], vault: Vault) -> dict[str, Any]:
    """The inputs of a row as they were given, or the words that they are gone."""
    return {name: _opened(value, vault) for name, value in kept.items()}


def check_kept(row: Request | Operation) -> None:
    """Raises `Declined` for what is too old to be begun with."""
    if row.pruned_at is not None:
        raise Declined("It is long over, and what was private in it is removed: ask for it anew.")


def _opened(value: Any, vault: Vault) -> Any:
    match value:
        case dict() if SEALED in value:
            return vault.open(value[SEALED])
        case dict() if value.keys() == {REMOVED}:
            return Removed(value[REMOVED])
        case _:
            return value
