"""Private values: sealed on their way into a row, opened on their way out."""

from collections.abc import Mapping
from typing import Any

from actions.fields import Inputs, is_private
from store.secrets import Vault

SEALED = "sealed"


def sealed(inputs: Inputs, vault: Vault) -> dict[str, Any]:
    """Checked inputs as JSON for a row; what is about a person only the vault can read."""
    kept = inputs.model_dump(mode="json", exclude_none=True)
    for name, field in type(inputs).model_fields.items():
        if name in kept and is_private(field):
            kept[name] = {SEALED: vault.seal(kept[name])}
    return kept


def opened(kept: Mapping[str, Any], vault: Vault) -> dict[str, Any]:
    """The inputs of a row as they were given."""
    return {
        name: vault.open(value[SEALED]) if isinstance(value, dict) and SEALED in value else value
        for name, value in kept.items()
    }
