import io
import time
from collections.abc import Iterator

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient
from test_sandbox_slack_scene import Scene, button, field, modal, option, row, section, workspace

from sandbox.slack.world import Timing

TEXT = {"type": "plain_text_input"}


@pytest.fixture(scope="module")
def running() -> Iterator[Scene]:
    with workspace(rate_limits=False) as scene:
        yield scene


@pytest.fixture
def scene(running: Scene) -> Scene:
    running.does("reset")
    return running


def refused(call, *args, **kwargs) -> str:
    with pytest.raises(SlackApiError) as caught:
        call(*args, **kwargs)
    return caught.value.response["error"]


def test_a_message_is_posted_changed_and_deleted(scene):
    posted = scene.web.chat_postMessage(
        channel="#approvals", text="Please", blocks=[section("*P*")]
    )
    assert posted["channel"] == "C0APPROVALS"
    scene.web.chat_update(channel="C0APPROVALS", ts=posted["ts"], text="Done")
    (message,) = scene.state["messages"]
    assert (message["text"], message["blocks"][0]["text"]["text"]) == ("Done", "*P*")
    assert message["edited"]["ts"] > message["ts"]
    scene.web.chat_delete(channel="C0APPROVALS", ts=posted["ts"])
    assert scene.state["messages"] == []


def test_a_message_to_a_person_lands_in_their_direct_messages(scene):
    posted = scene.web.chat_postMessage(channel="U0ANA", text="Hello")
    assert posted["channel"] == "D0ANA"
    assert refused(scene.web.chat_update, channel="U0ANA", ts=posted["ts"], text="x") == (
        "channel_not_found"
    )


def test_messages_that_slack_refuses_are_refused(scene):
    post = scene.web.chat_postMessage
    assert refused(post, channel="C0NOWHERE", text="x") == "channel_not_found"
    assert refused(post, channel="marketing", text="", attachments=[]) == "no_text"
    assert refused(post, channel="marketing", text="x" * 40_001) == "msg_too_long"
    assert refused(post, channel="marketing", text="x", thread_ts="1.2") == "thread_not_found"
    many = [section("x" * 2900) for _ in range(5)]
    assert refused(post, channel="marketing", text="x", blocks=many) == "msg_blocks_too_long"
    scene.does("member", channel="audit", user="U0BOT", member=False)
    assert refused(post, channel="audit", text="x") == "not_in_channel"


def test_a_refusal_names_the_place_in_the_payload(scene):
    menu = {"type": "static_select", "options": [option("a") | {"text": {}}]}
    with pytest.raises(SlackApiError) as caught:
        scene.web.views_open(trigger_id=scene.trigger(), view=modal(field("f", menu)))
    assert caught.value.response["error"] == "invalid_arguments"
    words = caught.value.response["response_metadata"]["messages"]
    assert any("json-pointer:/view/blocks/0/element/options/0/text" in word for word in words)
    with pytest.raises(SlackApiError) as caught:
        scene.web.chat_postMessage(channel="audit", text="x", blocks=[section("x" * 3001)])
    assert caught.value.response["error"] == "invalid_blocks"
    assert caught.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]


def test_only_own_messages_can_be_changed(scene):
    ts = scene.does("say", user="ana", channel="marketing", text="Mine")["message"]["ts"]
    change, delete = scene.web.chat_update, scene.web.chat_delete
    assert refused(change, channel="C0MARKETING", ts=ts, text="x") == "cant_update_message"
    assert refused(delete, channel="C0MARKETING", ts=ts) == "cant_delete_message"
    assert refused(change, channel="C0MARKETING", ts="1.2", text="x") == "message_not_found"


def test_an_ephemeral_message_needs_somebody_to_see_it(scene):
    whisper = scene.web.chat_postEphemeral
    whisper(channel="C0MARKETING", user="U0GIL", text="Psst")
    assert scene.state["ephemerals"][0]["user"] == "U0GIL"
    assert refused(whisper, channel="C0AUDIT", user="U0GIL", text="x") == "user_not_in_channel"
    assert refused(whisper, channel="C0AUDIT", user="U0NO", text="x") == "user_not_found"


def test_a_coupon_name_with_a_mark_in_it_notifies_nobody_when_escaped(scene):
    scene.web.chat_postMessage(channel="audit", text="Coupon &lt;!channel&gt;")
    scene.web.chat_postMessage(channel="audit", text="Coupon <!channel>")
    assert [m["notifies"] for m in scene.state["messages"]] == [[], ["channel"]]


def test_a_trigger_opens_one_view_in_time(scene):
    trigger, view = scene.trigger(), modal(field("name", TEXT))
    opened = scene.web.views_open(trigger_id=trigger, view=view)["view"]
    assert opened["root_view_id"] == opened["id"]
    assert opened["state"]["values"] == {
        "name": {"entry": {"type": "plain_text_input", "value": None}}
    }
    assert refused(scene.web.views_open, trigger_id=trigger, view=view) == "exchanged_trigger_id"
    assert refused(scene.web.views_open, trigger_id="1.2.3", view=view) == "invalid_trigger_id"


def test_an_old_trigger_opens_nothing():
    with workspace(timing=Timing(trigger=-1.0)) as scene:
        error = refused(scene.web.views_open, trigger_id=scene.trigger(), view=modal(section("x")))
        assert error == "expired_trigger_id"


def test_views_are_stacked_three_deep(scene):
    view = scene.web.views_open(trigger_id=scene.trigger(), view=modal(section("1")))["view"]
    push = scene.web.views_push
    assert refused(push, trigger_id=scene.trigger(), view=modal(section("x"))) == (
        "invalid_trigger_id"
    )
    second = push(trigger_id=scene.trigger(view_id=view["id"]), view=modal(section("2")))["view"]
    assert (second["previous_view_id"], second["root_view_id"]) == (view["id"], view["id"])
    push(trigger_id=scene.trigger(view_id=view["id"]), view=modal(section("3")))
    trigger = scene.trigger(view_id=view["id"])
    assert refused(push, trigger_id=trigger, view=modal(section("4"))) == "push_limit_reached"
    assert len(scene.state["views"]) == 3


def test_an_update_with_an_old_hash_is_refused(scene):
    view = modal(section("1"), external_id="mine")
    opened = scene.web.views_open(trigger_id=scene.trigger(), view=view)["view"]
    update = scene.web.views_update
    fresh = update(external_id="mine", hash=opened["hash"], view=modal(section("2")))["view"]
    assert fresh["id"] == opened["id"] and fresh["hash"] != opened["hash"]
    again = {"view_id": opened["id"], "hash": opened["hash"], "view": modal(section("3"))}
    assert refused(update, **again) == "hash_conflict"
    assert refused(update, view_id="V0NONE", view=modal(section("3"))) == "not_found"
    trigger = scene.trigger("U0BO")
    assert refused(scene.web.views_open, trigger_id=trigger, view=view) == "duplicate_external_id"


def test_oversized_views_are_refused(scene):
    blocks = [section("ä" * 2999) for _ in range(60)]
    publish = scene.web.views_publish
    home = {"type": "home", "blocks": blocks}
    assert refused(publish, user_id="U0ANA", view=home) == "view_too_large"
    home = {"type": "home", "blocks": [], "private_metadata": "x" * 3001}
    assert refused(publish, user_id="U0ANA", view=home) == "invalid_arguments"
    assert refused(publish, user_id="U0NO", view={"type": "home", "blocks": []}) == "user_not_found"


def test_a_home_tab_is_published_again_under_the_same_id(scene):
    first = scene.web.views_publish(user_id="U0ANA", view={"type": "home", "blocks": []})["view"]
    home = {"type": "home", "blocks": [row(button("go"))]}
    second = scene.web.views_publish(user_id="U0ANA", view=home, hash=first["hash"])["view"]
    assert second["id"] == first["id"]
    assert list(scene.state["homes"]) == ["U0ANA"]
    stale = {"user_id": "U0ANA", "view": home, "hash": first["hash"]}
    assert refused(scene.web.views_publish, **stale) == "hash_conflict"


def test_tokens_and_scopes_are_checked(scene):
    base = f"{scene.url}/api/"
    assert refused(WebClient("", base_url=base).team_info) == "not_authed"
    assert refused(WebClient("xoxb-other", base_url=base).auth_test) == "invalid_auth"
    assert refused(WebClient("xapp-sandbox", base_url=base).users_list) == "not_allowed_token_type"
    assert refused(scene.web.api_call, "chat.sing") == "unknown_method"
    manifest = {"oauth_config": {"scopes": {"bot": ["chat:write", "commands"]}}}
    with workspace(manifest=manifest) as small:
        answer = small.web.auth_test()
        assert answer["user_id"] == "U0BOT"
        assert answer.headers["x-oauth-scopes"] == "chat:write,commands"
        with pytest.raises(SlackApiError) as caught:
            small.web.users_info(user="U0ANA")
        assert caught.value.response.data == {
            "ok": False,
            "error": "missing_scope",
            "needed": "users:read",
            "provided": "chat:write,commands",
        }


def test_people_groups_and_channels_are_read_page_by_page(scene):
    pages = scene.web.users_list(limit=2)
    assert [[user["name"] for user in page["members"]] for page in pages] == [
        ["ana", "bo"],
        ["cy", "gil"],
        ["vouchdesk"],
    ]
    assert scene.web.users_info(user="U0GIL")["user"]["is_restricted"] is True
    assert "email" not in scene.web.users_info(user="U0ANA")["user"]["profile"]
    assert scene.web.usergroups_users_list(usergroup="S0APPROVERS")["users"] == ["U0BO", "U0CY"]
    assert len(scene.web.usergroups_list(include_users=True)["usergroups"][0]["users"]) == 2
    assert "U0GIL" not in scene.web.conversations_members(channel="C0AUDIT")["members"]
    assert scene.web.conversations_info(channel="C0AUDIT")["channel"]["is_member"] is True
    assert scene.web.conversations_open(users="U0BO")["channel"]["id"] == "D0BO"
    assert refused(scene.web.users_list, cursor="?") == "invalid_cursor"


def test_a_file_is_uploaded_shared_and_downloaded(scene):
    content = b"code\n" * 5_000_000
    answer = scene.web.files_upload_v2(
        file=io.BytesIO(content), filename="codes.csv", channel="D0ANA", initial_comment="Codes"
    )
    (message,) = scene.state["messages"]
    assert (message["channel"], message["text"]) == ("D0ANA", "Codes")
    (file,) = scene.state["files"]
    assert message["files"] == [file["id"]] == [answer["file"]["id"]]
    assert (file["mimetype"], file["channels"]) == ("text/csv", ["D0ANA"])
    assert scene.http.get(file["url_private"]).content == content


def test_an_upload_must_have_exactly_the_announced_length(scene):
    start = scene.web.files_getUploadURLExternal
    assert refused(start, filename="a.csv", length=0) == "invalid_arguments"
    ticket = start(filename="a.csv", length=5)
    assert scene.http.post(ticket["upload_url"], content=b"1234").status_code == 400
    finish = scene.web.files_completeUploadExternal
    wanted = [{"id": ticket["file_id"], "title": "A"}]
    assert refused(finish, files=wanted, channel_id="C0AUDIT") == "file_not_found"
    form = {"file": ("a.csv", b"12345")}
    assert httpx.post(ticket["upload_url"], files=form, trust_env=False).status_code == 200
    assert refused(finish, files=wanted, channel_id="U0ANA") == "channel_not_found"
    finish(files=wanted, channel_id="C0AUDIT")
    assert scene.http.get(f"/files/{ticket['file_id']}").content == b"12345"


def test_a_picture_in_blocks_is_a_file_that_is_there_and_is_one(scene):
    def shown(id):
        return [{"type": "image", "slack_file": {"id": id}, "alt_text": "A chart"}]

    post, start = scene.web.chat_postMessage, scene.web.files_getUploadURLExternal
    ids = {}
    for name in ("chart.png", "chart.csv"):
        ticket = start(filename=name, length=4, alt_txt="A chart")
        scene.http.post(ticket["upload_url"], content=b"1234")
        ids[name] = ticket["file_id"]
        assert refused(post, channel="C0AUDIT", text="A", blocks=shown(ids[name]))
        scene.web.files_completeUploadExternal(files=[{"id": ids[name]}])
    post(channel="C0AUDIT", text="A", blocks=shown(ids["chart.png"]))
    for id in (ids["chart.csv"], "F0"):
        assert refused(post, channel="C0AUDIT", text="A", blocks=shown(id)) == "invalid_blocks"
    assert scene.state["files"][0]["alt_txt"] == "A chart"


def test_a_workspace_may_not_know_a_block_yet(scene):
    point = {"label": "Mon", "value": 1}
    drawn = {
        "type": "bar",
        "series": [{"name": "Opened", "data": [point]}],
        "axis_config": {"categories": ["Mon"]},
    }
    chart = [{"type": "data_visualization", "title": "Opened", "chart": drawn}]
    post = scene.web.chat_postMessage
    post(channel="C0AUDIT", text="A", blocks=chart)
    scene.does("blocks", unknown=["data_visualization"])
    assert refused(post, channel="C0AUDIT", text="A", blocks=chart) == "invalid_blocks"
    scene.does("reset")
    post(channel="C0AUDIT", text="A", blocks=chart)


def test_too_many_calls_are_told_to_wait():
    with workspace() as scene:
        answers = [scene.http.post("/api/users.list", headers=bearer()) for _ in range(80)]
        late = [answer for answer in answers if answer.status_code == 429]
        assert late and late[0].json() == {"ok": False, "error": "ratelimited"}
        assert int(late[0].headers["retry-after"]) >= 1


def test_faults_hit_as_often_as_asked(scene):
    scene.does("faults", method="users.info", times=1, error="fatal_error")
    scene.does("faults", method="*", times=1, retry_after=7)
    assert refused(scene.web.users_info, user="U0ANA") == "fatal_error"
    answer = scene.http.post("/api/team.info", headers=bearer())
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    scene.does("faults", method="users.info", times=1, delay_s=0.01)
    assert scene.web.users_info(user="U0ANA")["ok"]
    scene.does("faults", method="users.info", times=1, status=503)
    assert scene.http.post("/api/users.info", headers=bearer()).status_code == 503


def test_a_response_address_is_good_for_five_messages(scene):
    world = scene.sandbox.world
    first = scene.web.chat_postMessage(channel="audit", text="Card")
    url, _ = world.issue_response("U0ANA", "C0AUDIT", message_ts=first["ts"])
    hook = WebhookClient(url)
    assert hook.send(text="Only you").body == "ok"
    assert hook.send(text="Everybody", response_type="in_channel").body == "ok"
    assert hook.send(text="").status_code == 400
    assert hook.send(text="New card", replace_original=True).body == "ok"
    assert [m["text"] for m in scene.state["messages"]] == ["New card", "Everybody"]
    assert [m["text"] for m in scene.state["ephemerals"]] == ["Only you"]
    hook.send(delete_original=True)
    assert [m["text"] for m in scene.state["messages"]] == ["Everybody"]
    hook.send(text="Fifth")
    late = hook.send(text="Sixth")
    assert (late.status_code, "used_url" in late.body) == (404, True)


def test_a_response_address_dies_after_half_an_hour(scene):
    url, ticket = scene.sandbox.world.issue_response("U0ANA", "C0AUDIT")
    ticket.issued = time.monotonic() - 1801
    assert "expired_url" in WebhookClient(url).send(text="Late").body


def test_blocks_can_be_validated_without_a_token(scene):
    answer = scene.http.post("/api/blocks.validate", json={"blocks": [section("x" * 3001)]}).json()
    assert answer["errors"][0]["pointer"] == "/blocks/0/text/text"
    good = scene.http.post("/api/blocks.validate", json={"view": modal(section("x"))}).json()
    assert good == {"ok": True, "errors": []}


def bearer() -> dict[str, str]:
    return {"authorization": "Bearer xoxb-sandbox"}
