"""What people type after a command, on keyboards and on phones."""

import pytest

from actions.catalog import CATALOG
from actions.errors import UnknownAction
from bot.grammar import (
    HINTS,
    SHORT_FORMS,
    Command,
    GrammarError,
    action_of,
    help_text,
    parse,
    place,
    typed,
)


def test_words_come_first_and_pairs_after_them():
    assert parse('campaign create template=cam_1 name="two words"') == Command(
        ("campaign", "create"), {"template": "cam_1", "name": "two words"}, ()
    )


def test_nothing_is_nothing():
    assert parse("  ") == Command((), {}, ())


@pytest.mark.parametrize(
    "typed",
    [
        'name="two words"',
        "name='two words'",
        "name=“two words”",
        "name=”two words“",
        "name=„two words“",
        "name=‘two words’",
        "name=«two words»",
    ],
)
def test_any_pair_of_quotes_holds_words_together(typed: str):
    assert parse(typed).given == {"name": "two words"}


def test_quotes_and_dashes_inside_a_message_stay_as_they_were_written():
    typed = parse("message=“It’s summer — and it is “hot”, really”")
    assert typed.given == {"message": "It’s summer — and it is “hot”, really"}
    assert parse(r'message="He said \"yes\""').given == {"message": 'He said "yes"'}


def test_dashes_that_phones_put_in_are_straightened_elsewhere():
    assert parse("campaign push–all campaign=cam_1 code=A‑1").words == ("campaign", "push-all")
    assert parse("session search code=A‑1").given == {"code": "A-1"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("email=<mailto:ada@example.test|ada@example.test>", "ada@example.test"),
        ("email=mailto:ada@example.test", "ada@example.test"),
        (
            "email=<https://example.test/a?b=1&amp;c=2|example.test>",
            "https://example.test/a?b=1&c=2",
        ),
        ("email=<https://example.test/a>", "https://example.test/a"),
        ("email=<tel:+32470123456|+32470123456>", "+32470123456"),
        ("email=<@U0ANA|ana>", "<@U0ANA|ana>"),
        ("email=a&amp;b&lt;c", "a&b<c"),
    ],
)
def test_what_slack_marks_up_is_unwrapped(typed: str, meant: str):
    assert parse(typed).given == {"email": meant}


def test_what_has_no_key_is_loose():
    assert parse("session search ada@example.test").loose == ("ada@example.test",)
    assert parse("cam_123456 500").bare == ("cam_123456", "500")
    assert parse("campaign info campaign=cam_1 extra").loose == ("extra",)


@pytest.mark.parametrize("typed", ['name="two words', "name=“two", "'"])
def test_a_quote_that_never_closes_is_named(typed: str):
    with pytest.raises(GrammarError, match="never closed"):
        parse(typed)


def test_what_cannot_be_read_is_said():
    with pytest.raises(GrammarError, match="twice"):
        parse("name=a name=b")
    with pytest.raises(GrammarError, match="blanks around"):
        parse("name = a")
    with pytest.raises(GrammarError, match="3,001 characters"):
        parse("x" * 3_001)


@pytest.mark.parametrize(
    "typed",
    [
        "campaign push all",
        "campaign.push_all",
        "campaign push_all",
        "Campaign Push-All",
        "campaign push–all",
    ],
)
def test_an_action_has_many_spellings(typed: str):
    assert action_of(parse(typed).words, CATALOG) == "campaign.push_all"


def test_an_action_of_two_words_in_front_is_found():
    assert action_of(["single-use", "create", "many"], CATALOG) == "single_use.create_many"


@pytest.mark.parametrize("words", [["campaign"], ["campain", "create"], [], ["x", "y", "z"]])
def test_an_action_that_is_not_there_is_refused(words: list[str]):
    with pytest.raises(UnknownAction):
        action_of(words, CATALOG)


@pytest.mark.parametrize(
    ("name", "loose", "placed"),
    [
        ("campaign.create", ["cam_1"], {"template": "cam_1"}),
        ("campaign.push_all", ["cam_1"], {"campaign": "cam_1"}),
        (
            "campaign.push_all",
            ["cam_1", "Sale", "now"],
            {"campaign": "cam_1", "message": "Sale now"},
        ),
        ("single_use.create_many", ["cam_1", "500"], {"campaign": "cam_1", "amount": "500"}),
        ("session.search", ["ada@example.test"], {"email": "ada@example.test"}),
        ("session.search", ["+32470123456"], {"phone": "+32470123456"}),
        ("session.search", ["SPRING-77Q"], {"code": "SPRING-77Q"}),
        ("campaign.list", [], {}),
    ],
)
def test_loose_words_go_where_they_obviously_belong(name, loose, placed):
    assert place(name, loose) == placed


def test_a_word_that_belongs_nowhere_is_named():
    with pytest.raises(GrammarError, match="“now”"):
        place("campaign.list", ["now"])
    with pytest.raises(GrammarError, match="Two times a code"):
        place("session.search", ["A-1", "B-2"])


@pytest.mark.parametrize("command", ["/coupon", *SHORT_FORMS])
def test_every_command_explains_itself(command: str):
    text = help_text(command, CATALOG)
    assert command in text
    assert HINTS[command] in text
    assert len(text) < 3_000


@pytest.mark.parametrize(
    "given", [{}, {"operation": "void"}, {"message": 'He said "hi" \\ twice', "campaign": "cam_1"}]
)
def test_what_is_written_for_a_button_reads_back(given: dict[str, str]) -> None:
    command = parse(typed("session.update", given.items()))
    assert (command.words, command.given) == (("session.update",), given)
