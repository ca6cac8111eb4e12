"""The policy file: read, checked, and read again when it changes; the last good one is kept."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from actions.policy import Policy
from actions.wording import PolicyText
from store.kinds import Kind

BUILT_IN = "built-in policy"
NULL = "tag:yaml.org,2002:null"


class BadPolicy(Exception):
    """The policy cannot be used."""

    def __init__(self, words: str, line: int = 0, file: str = "policy") -> None:
        self.line = line
        super().__init__(f"{file}, line {line}: {words}" if line else f"{file}: {words}")


def read(text: str, file: str = "policy") -> Policy:
    """The policy that this text says; raises `BadPolicy`, which names the line."""
    tree, said = _parsed(text, file)
    if not isinstance(said, Mapping):
        raise BadPolicy("it has no rules.", 0, file)
    for words, node in _faults(tree):
        raise BadPolicy(words, node.start_mark.line + 1, file)
    try:
        policy = PolicyText.model_validate(said)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        words = ": ".join([*_where(said, fault["loc"]), f"{_words(fault)}."])
        raise BadPolicy(words, _line(tree, fault["loc"]), file) from None
    canonical = policy.model_dump_json(by_alias=True)
    return policy.meant(hashlib.sha256(canonical.encode()).hexdigest()[:12])


def _parsed(text: str, file: str) -> tuple[Any, Any]:
    """The text as nodes, which know their lines, and as values."""
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise BadPolicy(f"{error.problem}.", line, file) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise BadPolicy("there is a character that no text has.", line, file) from None
    except (ValueError, RecursionError) as error:  # a date that no calendar has; too deep
        words = str(error) if isinstance(error, ValueError) else "it is nested too deeply"
        raise BadPolicy(f"{words}.", 0, file) from None


EXPECTED = {
    "extra_forbidden": "there is no such word in a policy",
    "missing": "this is missing",
    "model_type": "words with their values belong here, such as {{risk: blast}}",
    "dict_type": "words with their values belong here",
    "tuple_type": "a list belongs here",
    "string_type": "text belongs here, in quotes if need be",
    "int_type": "a whole number belongs here",
    "too_short": "name at least one",
    "string_too_short": "this is empty",
    "literal_error": "one of {expected}",
    "enum": "one of {expected}",
}


def _words(fault: Mapping[str, Any]) -> str:
    if fault["loc"][:1] == ("seeds",) and fault["type"] == "string_pattern_mismatch":
        return "a seed is a Slack user id and the code of a session: U0123ABC: aB3dE6"
    if fault["loc"][:1] == ("holders",) and fault["type"] == "string_pattern_mismatch":
        return "a holder is a Slack user id, a loyalty card and its user: U0123ABC: loy_500/usr_9"
    if fault["type"] in EXPECTED:
        return EXPECTED[fault["type"]].format(**fault.get("ctx", {})).replace("True", "true")
    words = str(fault["msg"]).removeprefix("Value error, ").rstrip(".")
    return words.replace("Input should be", "this has to be").partition(", unable")[0]


def _where(said: Mapping[str, Any], place: Sequence[int | str]) -> list[str]:
    """The name of the rule, and the words that lead to it."""
    found = [str(part) for part in place if isinstance(part, str) and part != "[key]"]
    if place[:1] != ("rules",) or len(place) == 1:
        return [" ".join(found)] if found else []
    rule = said["rules"][place[1]]
    name = rule.get("rule") if isinstance(rule, Mapping) else None
    words = " ".join(found[1:])
    return [f"rule “{name or place[1]}”", *([words] if words else [])]


def _faults(node: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[str, Any]]:
    """What YAML lets pass and no policy means: a word said twice, one that says nothing."""
    if node in above:
        yield "this contains itself.", node
        return
    if isinstance(node, yaml.MappingNode):
        known: set[str] = set()
        for key, value in node.value:
            if key.value in known:
                yield f"“{key.value}” is said twice.", key
            known.add(key.value)
            if value.tag == NULL:
                yield f"“{key.value}” says nothing.", key
            yield from _faults(value, (*above, node))
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _faults(value, (*above, node))


def _line(node: Any, place: Sequence[int | str]) -> int:
    """The line where it stands, as far as it can be followed into the tree."""
    line = int(node.start_mark.line) + 1
    for part in place:
        if isinstance(node, yaml.MappingNode):
            pairs = [(key, value) for key, value in node.value if key.value == str(part)]
            if not pairs:
                break
            line, node = pairs[0][0].start_mark.line + 1, pairs[0][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line


def builtin() -> Policy:
    """What holds when no file is named."""
    text = resources.files("actions").joinpath("policy.yml").read_text(encoding="utf-8")
    return read(text, BUILT_IN)


def of_file(file: Path) -> Policy:
    """The policy that this file says; raises `BadPolicy`."""
    return read(_text_of(file), str(file))


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise BadPolicy(f"it cannot be read ({error.strerror}).", 0, str(file)) from None
    except UnicodeDecodeError:
        raise BadPolicy("it is no text in UTF-8.", 0, str(file)) from None


class Rulebook:
    """The policy in force. A file that cannot be read any more changes nothing but `problem`."""

    def __init__(self, file: Path | None, changed: Callable[[Kind, str], None]) -> None:
        self._file, self._changed = file, changed
        self._text = _text_of(file) if file else ""
        self.current = read(self._text, str(file)) if file else builtin()
        self.problem = ""

    @property
    def name(self) -> str:
        """Where it comes from."""
        return str(self._file) if self._file else BUILT_IN

    def look_again(self) -> None:
        """Take the file as it is now, when that has changed and can be used."""
        if self._file is None:
            return
        try:
            text = _text_of(self._file)
            if text == self._text and not self.problem:
                return
            policy = read(text, str(self._file))
        except BadPolicy as error:
            self._complain(str(error))
            return
        was, mended = self.current, bool(self.problem)
        self._text, self.problem = text, ""
        if policy.version != was.version:
            self.current = policy
            self._changed(Kind.POLICY_CHANGED, f"{was.version} → {policy.version}")
        elif mended:
            self._changed(Kind.POLICY_KEPT, "The file can be read again; it says the same.")

    def _complain(self, words: str) -> None:
        if words != self.problem:
            self.problem = words
            self._changed(Kind.POLICY_KEPT, f"{words} The one before stays in force.")
