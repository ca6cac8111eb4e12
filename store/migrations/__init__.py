"""The schema, release by release (Alembic)."""
