"""Settings from the environment or a `.env` file; refuses to start half configured."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url

from actions.inbox import Way
from schedules.pacing import RATE

PASSWORD = re.compile(r"(://[^:/@]*:)[^@]*@")


@cache
def zones() -> frozenset[str]:
    """The name of every time zone; looked up once, for that reads a few hundred files."""
    return frozenset(available_timezones())


class HalfConfigured(Exception):
    """Some settings are missing."""

    def __init__(self, missing: list[str]) -> None:
        self.missing = missing
        super().__init__("Missing settings: " + "; ".join(missing))


class Settings(BaseSettings):
    """One attribute a setting, named as in the environment; the text is shown by `doctor`."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)

    slack_bot_token: SecretStr = Field(SecretStr(""), description="token of the installed app")
    slack_signing_secret: SecretStr = Field(SecretStr(""), description="signs what Slack sends")
    slack_app_token: SecretStr = Field(SecretStr(""), description="Socket Mode, when set")
    slack_api_url: str = Field("https://slack.com/api/", description="base of the Web API")
    coupontools_url: str = Field("https://api4coupons.com", description="base of the API")
    coupontools_client_id: SecretStr = Field(SecretStr(""), description="the account's client id")
    coupontools_client_secret: SecretStr = Field(SecretStr(""), description="and its secret")
    coupontools_endpoints: Path | None = Field(None, description="YAML that corrects paths by id")
    database_url: str = Field("sqlite:///vouchdesk.db", description="SQLite or PostgreSQL")
    vouchdesk_secret_key: SecretStr = Field(
        SecretStr(""), description="seals what is secret at rest; several with commas, newest first"
    )
    vouchdesk_policy: Path | None = Field(None, description="YAML file of rules; built in if none")
    vouchdesk_approvals_channel: str = Field("", description="where approval cards go")
    vouchdesk_audit_channel: str = Field("", description="where checkpoints of the record go")
    vouchdesk_stream_token: SecretStr = Field(
        SecretStr(""), description="bearer token for `vouchdesk audit stream --to`"
    )
    vouchdesk_audit_key: SecretStr = Field(
        SecretStr(""),
        description="signs checkpoints of the record; elder public keys behind it",
    )
    vouchdesk_audit_file: Path | None = Field(
        None, description="a file to which checkpoints are added too"
    )
    vouchdesk_audit_days: int | None = Field(
        None, ge=30, description="days until entries of the record are removed; never if none"
    )
    vouchdesk_log_level: Literal["debug", "info", "warning", "error"] = Field(
        "warning", description="from which on our own log lines are written"
    )
    vouchdesk_keep_days: int = Field(
        30, ge=8, le=3650, description="days until what is over loses its private values"
    )
    vouchdesk_file_days: int = Field(
        7, ge=1, le=365, description="days until the codes of a batch are removed here"
    )
    vouchdesk_keep_mb: int = Field(
        2000, ge=1, description="room for such codes in the database, in MB"
    )
    vouchdesk_file_mb: int = Field(
        1000, ge=1, le=1000, description="largest file for Slack, in MB; more comes in several"
    )
    vouchdesk_pace: float = Field(
        RATE, gt=0, le=1000, description="calls a second that each account takes"
    )
    vouchdesk_one_core: bool = Field(
        True, description="keep to one core, as an interpreter is fastest"
    )
    vouchdesk_public_url: str = Field(
        "", pattern=r"^(https?://\S+)?$", description="our address for Coupontools' webhooks"
    )
    vouchdesk_webhook_check: Way = Field(
        "call", description="how webhooks are checked: call, hmac, or both"
    )
    vouchdesk_webhook_calls: int = Field(
        120, ge=1, le=60_000, description="calls a minute that checking webhooks may take"
    )
    vouchdesk_poll_minutes: int = Field(
        0,
        ge=0,
        le=1_440,
        description="minutes between polls, where there are no webhooks; 0: never",
    )
    coupontools_webhook_secret: SecretStr = Field(
        SecretStr(""), description="signs webhooks, if the account has one of its own for that"
    )
    vouchdesk_timezone: str = Field("UTC", description="zone of people and accounts without one")
    vouchdesk_approvers: str = Field(
        "coupon-approvers", description="handle of the Slack user group that may approve"
    )
    vouchdesk_operators: str = Field(
        "coupon-operators", description="handle of the group whose small changes run at once"
    )

    @field_validator("vouchdesk_timezone")
    @classmethod
    def _a_zone(cls, name: str) -> str:
        if name not in zones():
            raise ValueError(f"{name} is no time zone; one looks like Europe/Brussels")
        return name

    @property
    def socket_mode(self) -> bool:
        return bool(self.slack_app_token.get_secret_value())

    @property
    def secret_keys(self) -> list[str]:
        return [key for key in self.vouchdesk_secret_key.get_secret_value().split(",") if key]

    @property
    def audit_channel(self) -> str:
        """Where news of the record goes; where cards go, if none is set."""
        return self.vouchdesk_audit_channel or self.vouchdesk_approvals_channel

    @property
    def audit_keys(self) -> list[str]:
        return [key for key in self.vouchdesk_audit_key.get_secret_value().split(",") if key]

    @property
    def secrets(self) -> list[str]:
        """What must not be logged, whoever quotes it."""
        values = (getattr(self, name) for name in type(self).model_fields)
        secret = [v.get_secret_value() for v in values if isinstance(v, SecretStr)]
        password = make_url(self.database_url).password
        return [
            *secret,
            *self.secret_keys,
            *self.audit_keys,
            *([str(password)] if password else []),
        ]

    def missing(self) -> list[str]:
        """What `serve` cannot do without, each with what it is."""
        needed = [
            "slack_bot_token",
            "coupontools_client_id",
            "coupontools_client_secret",
            "vouchdesk_secret_key",
            "vouchdesk_approvals_channel",
        ]
        if not self.socket_mode:
            needed.append("slack_signing_secret")
        return [
            f"{name.upper()} ({type(self).model_fields[name].description})"
            for name in needed
            if not _plain(getattr(self, name))
        ]

    def require(self) -> "Settings":
        """These settings, when they suffice to serve; raises `HalfConfigured`."""
        if missing := self.missing():
            raise HalfConfigured(missing)
        return self

    def shown(self) -> Iterator[tuple[str, str, str]]:
        """Name, value and meaning of each; secrets masked."""
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            secret = isinstance(value, SecretStr)
            plain = _plain(value)
            shown = ("set" if plain else "") if secret else PASSWORD.sub(r"\1•••@", plain)
            yield name.upper(), shown or "–", field.description or ""


def _plain(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return "" if value is None else str(value)
