"""What was typed after a command: words, key=value pairs, and whatever else there is."""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from actions.action import Catalog
from actions.errors import Declined

LONGEST = 3_000
OPENERS = "\"“”„«'‘"
CLOSERS = {"'": "'’", "‘": "'’", "«": "»"}
DOUBLE = '"“”'
DASHES = str.maketrans("‐‑‒–—−", "------")
LINKED = re.compile(r"<(?:mailto:|tel:)?([^\s<>|@#!][^\s<>|]*)(?:\|[^<>]*)?>")
PAIR = re.compile(r"([A-Za-z_][\w‐‑‒–—−-]*)=")
WORD = re.compile(r"[A-Za-z][A-Za-z_.-]*")

SHORT_FORMS = {
    "/coupon-campaign": "campaign.create",
    "/coupon-find": "session.search",
    "/coupon-push": "campaign.push_all",
    "/coupon-codes": "single_use.create_many",
}
APPROVALS = "/coupon-approvals"
CALENDAR = "/coupon-schedule"
AUDIT = "/coupon-audit"
FIND = "Find this coupon"
"""What the menu of a message calls it."""
VERBS = {
    "stop-all": "`stop-all too many pushes`: nothing goes out any more, until two approvers say so",
    "resume-all": "`resume-all`: let everything go out again; it takes two approvers",
    "break-glass": "`break-glass req_…`: let one request go alone, in an emergency",
    "subscribe": "`subscribe #channel claimed campaign=cam_…`: a channel is told what happens",
    "unsubscribe": "`unsubscribe #channel`: it is told no more",
    "why": "`why req_…`: the whole story of a request, a run or a line of the record",
    "delegate": "`delegate @bo 2026-12-01`: a colleague decides in your place until then",
}
"""What `/coupon` does beside asking for actions."""

HINTS = {
    "/coupon": "[campaign create | session search email=… | help]",
    "/coupon-campaign": "[template cam_…] [name=…]",
    "/coupon-find": "[code, e-mail or +phone]",
    "/coupon-push": "[campaign cam_…] [message=…]",
    "/coupon-codes": "[campaign cam_…] [how many]",
    APPROVALS: "[help]",
    CALENDAR: "[waiting | late | 2026-12-24]",
    AUDIT: "[person=@bo outcome=failed since=7d campaign=cam_… words]",
}
LOOSE = {
    "campaign.create": ("template",),
    "campaign.info": ("campaign",),
    "campaign.push_all": ("campaign", "message"),
    "single_use.create_many": ("campaign", "amount"),
}
"""Where an action's loose words go, in this order."""


class GrammarError(Declined):
    """That cannot be read as a command."""


@dataclass(frozen=True)
class Command:
    """`words` name the action, `given` are its inputs, `loose` is what has no name."""

    words: tuple[str, ...]
    given: dict[str, str]
    loose: tuple[str, ...]

    @property
    def bare(self) -> tuple[str, ...]:
        """Everything without a key: what a short form takes as its inputs."""
        return self.words + self.loose


def parse(text: str) -> Command:
    """Read `campaign create template=cam_1 name="two words"`."""
    if len(text) > LONGEST:
        raise GrammarError(
            f"That is {len(text):,} characters long; at most {LONGEST:,} can be read."
        )
    words: list[str] = []
    loose: list[str] = []
    given: dict[str, str] = {}
    for key, value, quoted in _tokens(html.unescape(LINKED.sub(r"\1", text)).strip()):
        if key in given:
            raise GrammarError(f"“{key}” is there twice: give it once.")
        if key:
            given[key] = value
        elif quoted or loose or given or not WORD.fullmatch(value):
            loose.append(value)
        else:
            words.append(value)
    return Command(tuple(words), given, tuple(loose))


def verb_of(text: str) -> tuple[str, str]:
    """`stop all, it is too much`: a verb and what was typed after it; else nothing."""
    straight = text.strip()
    for verb in VERBS:
        words = verb.replace("-", r"[\s._‐‑‒–—−-]*")
        if match := re.match(rf"{words}(?:\s+|$)", straight, re.IGNORECASE):
            return verb, straight[match.end() :].strip()
    return "", ""


def _tokens(text: str) -> Iterator[tuple[str, str, bool]]:
    """Key (or nothing), value, and whether the value was quoted."""
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        key = PAIR.match(text, at)
        start = key.end() if key else at
        value, end, quoted = _value(text, start)
        if not key and value.startswith("="):
            raise GrammarError("Write key=value, without blanks around the =.")
        name = key[1].translate(DASHES).replace("-", "_").lower() if key else ""
        yield name, _bare(value) if not quoted else value, quoted
        at = end


def _value(text: str, start: int) -> tuple[str, int, bool]:
    if start < len(text) and text[start] in OPENERS:
        return *_quoted(text, start), True
    end = start
    while end < len(text) and not text[end].isspace():
        end += 1
    return text[start:end], end, False


def _quoted(text: str, start: int) -> tuple[str, int]:
    """What stands between the quotes; a closing one has a blank, or nothing, after it."""
    closers = CLOSERS.get(text[start], DOUBLE)
    for end in range(start + 1, len(text)):
        last = end + 1 == len(text) or text[end + 1].isspace()
        if text[end] in closers and last and text[end - 1] != "\\":
            inside = text[start + 1 : end]
            return re.sub(r"\\([\"'“”‘’\\])", r"\1", inside), end + 1
    piece = text[start : start + 20]
    raise GrammarError(f"A quote is opened at {piece} and never closed: add one at the end.")


def _bare(value: str) -> str:
    """A value without quotes: what phones make of - is made - again."""
    value = value.translate(DASHES)
    return value.removeprefix("mailto:").removeprefix("tel:")


def action_of(words: Sequence[str], catalog: Catalog) -> str:
    """`campaign push all`, `campaign.push_all`, `Campaign push-all`: the name of the action."""
    typed = _flat("_".join(words))
    known = {_flat(name): name for name in catalog}
    wanted = known.get(typed) or ".".join(_flat(word) for word in words[:1]) + "".join(
        f".{_flat('_'.join(words[1:]))}" if words[1:] else ""
    )
    return catalog[wanted].name


def _flat(text: str) -> str:
    return re.sub(r"[\s._-]+", "_", text.lower())


def place(name: str, loose: Sequence[str]) -> dict[str, str]:
    """The fields that words without a key are for; a word that fits nowhere is named."""
    if name == "session.search":
        return _searched(loose)
    fields = LOOSE.get(name, ())
    if len(loose) > len(fields) and fields[-1:] == ("message",):
        loose = (*loose[: len(fields) - 1], " ".join(loose[len(fields) - 1 :]))
    if len(loose) > len(fields):
        odd = loose[len(fields)][:80]
        raise GrammarError(f"It is not clear what “{odd}” is for: write field={_sample(loose)}.")
    return dict(zip(fields, loose, strict=False))


def _searched(loose: Sequence[str]) -> dict[str, str]:
    placed: dict[str, str] = {}
    for word in loose:
        field = "email" if "@" in word else "phone" if word.startswith("+") else "code"
        if field in placed:
            raise GrammarError(f"Two times a {field}: “{placed[field]}” and “{word[:80]}”.")
        placed[field] = word
    return placed


def _sample(loose: Sequence[str]) -> str:
    word = loose[-1][:40]
    return f'"{word}"' if " " in word else word


def typed(action: str, given: Iterable[tuple[str, str]] = ()) -> str:
    """An action with its inputs as somebody would type it; `parse` reads it back."""
    escaped = ((name, value.replace("\\", "\\\\").replace('"', '\\"')) for name, value in given)
    return " ".join([action, *(f'{name}="{value}"' for name, value in escaped)])


def help_text(command: str, catalog: Catalog) -> str:
    """What a command does and how it is typed, in mrkdwn."""
    hint = HINTS.get(command, "").replace("<", "&lt;")
    if command in SHORT_FORMS:
        action = catalog[SHORT_FORMS[command]]
        inputs = ", ".join(f"`{name}`" for name in action.inputs.model_fields)
        return (
            f"*{action.title}*: {action.summary}.\n`{command} {hint}`\n"
            f'Fields: {inputs}. Write `field=value`, or `field="two words"`; '
            "a form opens with them filled in."
        )
    if command == APPROVALS:
        return (
            f"`{command}` shows what waits for you, what you can still stop and what may go on; "
            "each is decided there."
        )
    if command == CALENDAR:
        return (
            f"`{command}` shows what comes, day by day, and lets you stop, change or decide it "
            f"there.\n`{command} waiting`: what waits for approval · `{command} late`: what is "
            f"late or held · `{command} 2026-12-24`: from that day on.\n"
            f"Hint: `{command} {hint}`. *Calendar file* takes it along into your own calendar."
        )
    if command == AUDIT:
        return (
            f"`{command}` shows what is on record, newest first; *Why* tells the whole story.\n"
            f"`{command} {hint}`: found by `person`, `action`, `campaign`, `account`, `request`, "
            "`outcome`, `since`, `until`, and by words that were said. "
            "Approvers and operators see all of it, others what they did themselves."
        )
    lines = [
        f"• `{command} {area} …`: {', '.join(f'`{action.verb}`' for action in actions)}"
        for area, actions in catalog.areas().items()
    ]
    short = [f"• `{form}` is `{name.replace('.', ' ')}`" for form, name in SHORT_FORMS.items()]
    return "\n".join(
        [
            f"`{command}` alone shows everything; `{command} {hint}` goes straight there.",
            *lines,
            *short,
            f"• `{command} sheet` takes a sheet of many rows, such as for "
            f"`{command} sheet session.update`.",
            f"• `{APPROVALS}`: what waits for you.",
            f"• `{CALENDAR}`: what comes, day by day.",
            f"• `{AUDIT}`: what is on record.",
            *(f"• `{command}` {words}" for words in VERBS.values()),
        ]
    )
