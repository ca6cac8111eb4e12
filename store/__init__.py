"""What we keep; knows no action and no API."""
