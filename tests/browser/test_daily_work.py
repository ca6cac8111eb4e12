"""What people do with coupons day by day, through a real browser: look one up, hand in a sheet."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.hands import (
    SOON,
    ask,
    at_work,
    card,
    downloaded,
    field,
    go,
    is_done,
    modal,
    own_messages,
    picture,
    press_approve,
    thread_file,
    type_command,
)
from tests.flows.asking import SPLASH
from tests.world import World

KEYS = {"X-Client-Id": "sandbox-id", "X-Client-Secret": "sandbox-secret"}
SHEET = f"Campaign;E-mail;First name\n{SPLASH};ada@example.test;Ada\n{SPLASH};bea;Bea\n" + "".join(
    f"{SPLASH};c{number}@example.test;Cleo {number}\n" for number in range(1, 4)
)

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def page(browser: Browser, world: World) -> Iterator[Page]:
    with at_work(browser, world) as page:
        yield page


def handed_out(world: World) -> str:
    """The code of a coupon that Ada has."""
    body = {"campaign": SPLASH, "email": "ada@example.test", "firstname": "Ada"}
    answer = world.api.http.post(f"{world.api.url}/v3/singleuse/create", json=body, headers=KEYS)
    return str(answer.json()["single_use_code"])


def test_a_coupon_is_found_and_validated_when_another_agrees(page: Page, world: World) -> None:
    code = handed_out(world)
    go(page, "cy", "marketing")
    type_command(page, "/coupon session search")
    field(page, "email", "ada@example.test")
    page.get_by_test_id("modal-submit").click()
    expect(modal(page)).to_contain_text("1 coupon session")
    modal(page).get_by_role("button", name=f"Show {code[:6]}").click()
    page.get_by_test_id("modal-submit").click()
    expect(modal(page)).to_contain_text(f"Coupon session {code}")
    expect(modal(page)).to_contain_text("Saved to a wallet")
    picture(page, "coupon-found")
    modal(page).get_by_role("button", name="Mark as validated").click()
    field(page, "value", "12,50")
    ask(page)
    assert world.api.state["updates"] == []

    go(page, "bo", "approvals")
    press_approve(page, f"Mark as validated: coupon session {code}")
    is_done(page)
    picture(page, "coupon-validated")
    [update] = world.api.state["updates"]
    assert (update["session"], update["operation"]) == (code, "validated")


def test_a_pasted_sheet_from_report_to_result(page: Page, world: World, tmp_path: Path) -> None:
    go(page, "ana", "marketing")
    type_command(page, "/coupon sheet single_use.create")
    field(page, "pasted", SHEET)
    picture(page, "sheet-pasted")
    page.get_by_test_id("modal-submit").click()
    expect(modal(page)).to_contain_text("4 rows are good, 1 is not.")
    expect(modal(page)).to_contain_text("Line 3: email")
    picture(page, "sheet-checked")
    page.get_by_test_id("modal-submit").click()
    expect(modal(page)).to_contain_text("On record: 4 rows")
    page.get_by_test_id("modal-close").click()

    go(page, "bo", "approvals")
    press_approve(page, "4 rows")
    expect(card(page, "4 rows")).to_contain_text("4 done", timeout=SOON)
    picture(page, "sheet-done")
    own_messages(page, "ana")
    rows = downloaded(page, thread_file(page, "4 rows, one by one"), tmp_path)
    assert [row["state"] for row in rows] == ["done"] * 4
    made = [each["session"] for each in world.api.state["sessions"]["created"]]
    assert sorted(row["Code"] for row in rows) == sorted(made)


def test_a_sheet_is_uploaded_as_a_file(page: Page, world: World, tmp_path: Path) -> None:
    (tmp_path / "consumers.csv").write_text("\ufeff" + SHEET, encoding="utf-8")
    go(page, "ana", "marketing")
    type_command(page, "/coupon sheet single_use.create")
    page.get_by_test_id("field-file").locator("input").set_input_files(tmp_path / "consumers.csv")
    expect(page.get_by_test_id("field-file")).to_contain_text("consumers.csv")
    picture(page, "sheet-uploaded")
    page.get_by_test_id("modal-submit").click()
    expect(modal(page)).to_contain_text("4 rows are good, 1 is not.")
    assert world.api.state["sessions"]["created"] == []
