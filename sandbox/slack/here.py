"""What only this workspace knows of blocks: whether it has them at all, and the files they show."""

from collections.abc import Iterator
from typing import Any

from sandbox.slack.blockkit import Problem
from sandbox.slack.blockrules import walk
from sandbox.slack.shapes import Json
from sandbox.slack.world import World


def problems(world: World, blocks: list[Json]) -> list[Problem]:
    """What this workspace refuses of blocks that are well formed."""
    return [*_unknown(world, blocks), *_files(world, blocks)]


def _unknown(world: World, blocks: list[Json]) -> Iterator[Problem]:
    for index, block in enumerate(blocks):
        if block["type"] in world.unknown_blocks:
            yield Problem(f"/blocks/{index}", f"unsupported type: {block['type']}", "type")


def _files(world: World, blocks: list[Json]) -> Iterator[Problem]:
    """A picture is a file that was uploaded to the end, and is a picture."""
    for path, node in walk(blocks, "/blocks"):
        wanted = node.get("slack_file")
        if isinstance(wanted, dict) and not _is_picture(world, wanted):
            yield Problem(f"{path}/slack_file", "invalid slack file", "slack_file")


def _is_picture(world: World, wanted: Json) -> bool:
    file: Any = world.files.get(str(wanted.get("id")))
    return bool(file) and "pending" not in file and file["mimetype"].startswith("image/")
