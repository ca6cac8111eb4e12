"""What is seen from outside: figures, traces and log lines, and nothing private in any of them."""

import io
import logging
import re
import sys
from typing import Any

import pytest
import structlog
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client.parser import text_string_to_metric_families

from bot import logs, tracing
from bot.settings import HalfConfigured
from schedules.beating import Beating
from store.queries import standing
from tests.flows.asking import asks_agreed_push
from tests.world import SIGNING_SECRET, TOKEN, World

PRIVATE = {"email": "mia.vos@example.test"}
SECRETS = ("mia.vos", "example.test", "sandbox-secret", "sandbox-id", SIGNING_SECRET, TOKEN)


@pytest.fixture
def address(front: tuple[Any, str]) -> str:
    return f"{front[1]}/metrics"


def figures(world: World, address: str) -> dict[str, float]:
    """Samples by name and labels, as somebody reads them who asks for them."""
    answer = world.api.http.get(address)
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert not any(secret in answer.text for secret in SECRETS)
    assert not re.search(r"req_[0-9a-f]|U0[A-Z]", answer.text), "ids are no labels"
    return {
        f"{sample.name}{sorted(sample.labels.values())}": sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_figures_tell_what_happened_and_how_it_stands(world: World, address: str) -> None:
    world.api.fails("/v3/coupon/pushnotification/all", drop="after")
    asks_agreed_push(world)
    world.tick()
    world.slack.fails("chat.postMessage", times=50, error="internal_error")
    world.bot.desk.ask("session.search", PRIVATE, actor="U0ANA")
    world.tick()
    world.later(minutes=1)
    seen = figures(world, address)
    assert seen["vouchdesk_fires_total['campaign.push_all']"] == 1
    assert seen["vouchdesk_lateness_seconds_count[]"] == 2
    assert seen["vouchdesk_runs_total['unclear']"] == seen["vouchdesk_unclear[]"] == 1
    assert seen["vouchdesk_operations['done']"] == 1
    assert seen["vouchdesk_requests['spent']"] == 2
    assert seen["vouchdesk_api_errors_total['Unanswered', 'campaign_push_all']"] == 1
    assert seen["vouchdesk_api_seconds_count['session_search']"] == 1
    assert seen["vouchdesk_pace_wait_seconds_count[]"] >= 2
    assert seen["vouchdesk_slack_ack_seconds_count['200']"] >= 3
    assert seen["vouchdesk_queue_depth[]"] == 0
    assert seen["vouchdesk_notices_untold[]"] > 0
    assert seen["vouchdesk_notices_oldest_seconds[]"] >= 60
    assert seen[f"vouchdesk_policy_info{[world.bot.office.rulebook.current.version]}"] == 1


def test_a_job_that_breaks_has_not_run(world: World, address: str) -> None:
    def breaks() -> None:
        raise RuntimeError("no")

    failed = world.bot.watching.metrics.job_failed
    beating = Beating(world.bot.office.store, world.now, failed)
    jobs = beating.jobs({"good": (lambda: None, 0.5), "bad": (breaks, 0.5)})
    for job, _ in jobs.values():
        job()
    world.later(seconds=90)
    seen = figures(world, address)
    assert seen["vouchdesk_job_failures_total['bad']"] == 1
    assert 90 <= seen["vouchdesk_job_beat_age_seconds['good']"] < 100
    with world.bot.office.store.look() as tx:
        assert [(beat.job, beat.every) for beat in standing.beats(tx)] == [("good", 0.5)]


def test_spans_lead_from_the_click_to_the_call_with_their_ids(world: World) -> None:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    world.stops()
    world.starts(spans=tracing.Otel(provider))
    world.person("ana").types("/coupon session search").submits(**PRIVATE)
    world.person("ana").types("/coupon campaign push_all").submits(
        campaign="cam_123456", message="Summer"
    )
    request = world.request()
    for person in ("U0BO", "U0CY"):
        world.tick()
        version, reach = world.request().version, str(world.request().reach)
        world.bot.approvals.approve(request.id, version, actor=person, reached=reach)
    world.tick()
    spans = exporter.get_finished_spans()
    by_id = {span.context.span_id: span for span in spans}
    named: dict[str, Any] = {span.name: span for span in spans}
    asked = named["desk.ask"]
    assert asked.attributes["vouchdesk.request"] == request.id
    assert by_id[asked.parent.span_id].name == "surface.slack"
    call = named["call campaign_push_all"]
    run = by_id[call.parent.span_id]
    [operation] = world.operations()
    assert run.name == "operation.take"
    assert run.attributes["vouchdesk.operation"] == operation.id
    assert run.attributes["vouchdesk.request"] == request.id
    said = "".join(span.to_json() for span in spans)
    assert not any(secret in said for secret in (*SECRETS, "Summer"))
    world.stops()


def test_without_a_collector_nothing_of_traces_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(tracing.ENDPOINT, raising=False)
    assert isinstance(tracing.spans(), tracing.NoSpans)
    monkeypatch.setenv(tracing.ENDPOINT, "http://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter", None)
    with pytest.raises(HalfConfigured, match="otel"):
        tracing.spans()


@pytest.fixture
def lines(world: World, monkeypatch: pytest.MonkeyPatch) -> Any:
    """All that is logged, of everybody, at debug."""
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    before = {name: logging.getLogger(name).level for name in ("", *logs.STRANGERS)}
    handlers = logging.getLogger().handlers[:]
    logs.to_stderr("debug", secrets=world.settings.secrets)
    for name in logs.STRANGERS:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield written
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = handlers
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def test_nothing_private_is_logged_even_by_libraries_at_debug(
    world: World, lines: io.StringIO
) -> None:
    ana = world.person("ana")
    ana.types("/coupon-find").submits(**PRIVATE)
    world.api.fails("/v3/couponsession/search", error_code=101)
    world.bot.desk.ask("session.search", PRIVATE, actor="U0ANA")
    world.tick()
    log = structlog.get_logger()
    log.warning("odd", phone="+32470123456", url="postgresql://bot:pass@db/x", token=TOKEN)
    logging.getLogger("x").warning("headers %s", {"X-Client-Secret": "another-secret"})
    log.error("broke", exc_info=ValueError("mia.vos@example.test"))
    said = lines.getvalue()
    assert world.request().id in said, "ids stand beside what is said"
    for secret in (*SECRETS, "+32470123456", "bot:pass", "another-secret"):
        assert secret not in said, [line for line in said.splitlines() if secret in line][:3]
    assert said.count(logs.MARK) > 5
