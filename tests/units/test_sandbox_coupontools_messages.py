from collections.abc import Iterator

import pytest
from test_sandbox_coupontools import Api

from sandbox.coupontools.app import create
from tests.servers import serving


@pytest.fixture(scope="module")
def caller() -> Iterator[Api]:
    with serving(create()) as url:
        api = Api(url)
        yield api
        api.http.close()


@pytest.fixture
def api(caller: Api) -> Api:
    caller.reset()
    return caller


SPLASH = "cam_123456"
MAIL, SMS = "/v3/send/email", "/v3/send/sms"


def test_a_mail_brings_a_new_link_or_the_one_that_is_named(api):
    asked = {"campaign": SPLASH, "email": "ada@example.test"}
    sent = api.says(MAIL, **asked, subject="For you", firstname="Ada")
    assert (sent["campaign"], sent["action"], sent["email"]) == (
        SPLASH,
        "email_sent",
        asked["email"],
    )
    code = sent["single_use_code"]
    assert sent["single_use_url"].endswith("/" + code)
    data = api.says("/v3/couponsession/data", couponsession=code)["data"]
    assert (data["customer"]["firstname"], data["customer"]["email"]) == ("Ada", asked["email"])
    assert api.says(MAIL, **asked, couponsession=code)["single_use_code"] == code
    state = api.state()
    assert [each["session"] for each in state["messages"]] == [code, code]
    assert [each["session"] for each in state["sessions"]["created"]] == [code]
    assert state["balance"]["email"] == 9998


def test_a_unique_mail_is_held_back_the_second_time(api):
    asked = {"campaign": SPLASH, "email": "ada@example.test", "check_unique": True}
    assert api.says(MAIL, **asked)["action"] == "email_sent"
    again = api.says(MAIL, **{**asked, "email": "Ada@Example.test"})
    assert again["action"] == "email_not_sent"
    assert "single_use_code" not in again
    assert api.says(MAIL, **{**asked, "check_unique": False})["action"] == "email_sent"
    assert len(api.state()["messages"]) == 2


def test_a_directory_and_a_card_are_sent_without_a_link_of_their_own(api):
    for id in ("dir_700", "loy_500"):
        assert "single_use_code" not in api.says(MAIL, campaign=id, email="ada@example.test")
        assert "single_use_code" not in api.says(SMS, campaign=id, phone="+32470000000")
    told = [(each["kind"], each["campaign"]) for each in api.state()["messages"]]
    assert told == [(kind, id) for id in ("dir_700", "loy_500") for kind in ("email", "sms")]


def test_a_text_message_repeats_the_number_without_its_plus(api):
    sent = api.says(SMS, campaign=SPLASH, phone="+32470000000", body="Your voucher", sender="Stone")
    assert (sent["message"], sent["phone"]) == ("Your voucher", "32470000000")
    (told,) = api.state()["messages"]
    assert (told["body"], told["phone"], told["session"]) == (
        "Your voucher",
        "+32470000000",
        sent["single_use_code"],
    )


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"campaign": ""}, (200, "Missing parameter: campaign")),
        ({"campaign": "spl&sh"}, (301, "Invalid character in parameter: campaign")),
        ({"campaign": "cam_9"}, (502, "Campaign ID not found")),
        ({"campaign": "dir_9"}, (502, "Directory ID not found")),
        ({"campaign": "loy_9"}, (505, "Loyalty card ID not found")),
    ],
)
def test_only_what_exists_is_sent(api, wrong, problem):
    both = {"campaign": SPLASH, "email": "ada@example.test", "phone": "+32470000000", **wrong}
    assert api.refuses(MAIL, **both) == [problem]
    assert api.refuses(SMS, **both) == [problem]
    assert api.state()["messages"] == []


def test_nobody_and_nowhere_are_refused(api):
    assert api.refuses(MAIL, campaign=SPLASH) == [(200, "Missing parameter: email")]
    wrong = api.refuses(MAIL, campaign=SPLASH, email="ada@")
    assert wrong == [(305, "Email address is not valid")]
    guest = api.says("/v3/campaign/data", campaign="cam_123507")["data"][0]["session"]
    other = {"campaign": SPLASH, "email": "ada@example.test", "couponsession": guest}
    assert api.refuses(MAIL, **other) == [(505, "Couponsession not found.")]
    assert api.refuses(SMS, campaign=SPLASH) == [(200, "Missing parameter: phone")]
    for phone in ("0470000000", "+0470000000", "+32 470 00", "+32"):
        assert api.refuses(SMS, campaign=SPLASH, phone=phone)[0][0] == 301


def test_an_empty_balance_sends_nothing_and_makes_no_link(api):
    api.reset(balance=1)
    for path, who in ((MAIL, {"email": "ada@example.test"}), (SMS, {"phone": "+32470000000"})):
        api.says(path, campaign=SPLASH, **who)
        assert api.refuses(path, campaign=SPLASH, **who)[0][0] == 604
    state = api.state()
    assert (len(state["messages"]), len(state["sessions"]["created"])) == (2, 2)
    assert state["balance"] == {"email": 0, "sms": 0}


def test_groups_are_listed_made_and_filled(api):
    found = api.says("/v3/smstool/grouplist")
    assert found["amount_of_groups"] == 2
    assert found["group"][0] == {"ID": "gro_9001", "name": "Keyword lunch"}
    assert api.says("/v3/emailtool/grouplist")["group"] == [
        {"ID": "gro_9101", "name": "Newsletter"}
    ]
    id = api.says("/v3/smstool/addgroup", group_name="Keyword brunch")["group_id"]
    contact = {"phone": "+32470000000", "first_name": "Ada", "birthday": "1990-05-01"}
    api.says("/v3/smstool/addcontact", smsgroup=id, **contact, customfield1="vip")
    api.says("/v3/smstool/addcontact", smsgroup=id, phone="+32470000001")
    held = api.says("/v3/smstool/userlist", smsgroup=id)
    assert held["group_id"] == id
    assert held["contacts"] == [{**contact, "customfield1": "vip"}, {"phone": "+32470000001"}]
    assert api.state()["groups"][2] == {"ID": id, "name": "Keyword brunch", "contacts": 2}


def test_wrong_groups_and_contacts_are_refused(api):
    path = "/v3/smstool/addcontact"
    assert api.refuses("/v3/smstool/addgroup")[0][0] == 200
    assert api.refuses(path) == [
        (200, "Missing parameter: smsgroup"),
        (200, "Missing parameter: phone"),
    ]
    for where in (path, "/v3/smstool/userlist"):
        who = {"phone": "+32470000000"}
        bad = [(301, "Invalid character in parameter: smsgroup")]
        assert api.refuses(where, smsgroup="lunch", **who) == bad
        assert api.refuses(where, smsgroup="gro_9101", **who) == [(514, "Group ID not found")]
    wrong = {"smsgroup": "gro_9001", "phone": "+32470000000", "birthday": "1 May"}
    words = "incorrect format in birthday field, must be yyyy-MM-dd"
    assert api.refuses(path, **wrong) == [(303, words)]
