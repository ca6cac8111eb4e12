"""The main job: asked for in Slack, approved by somebody else, carried out, on record."""

from tests.world import World


def test_a_blast_waits_for_two_others(world: World) -> None:
    ana, bo, cy = world.person("ana"), world.person("bo"), world.person("cy")
    ana.types("/coupon campaign push_all").submits(campaign="cam_123456", message="Summer")
    world.tick()
    assert world.api.pushed == []

    ana.approves()
    assert ana.was_told("You asked for this yourself")

    bo.approves()
    world.tick()
    assert world.api.pushed == []
    bo.approves()
    assert bo.was_told("You have agreed to this already")

    cy.approves()
    world.tick()
    assert world.api.pushed == [{"campaign": "cam_123456", "message": "Summer"}]
    assert world.trail(world.request().id) == [
        ("asked", "U0ANA"),
        ("waiting", "runner"),
        ("declined", "U0ANA"),
        ("approved", "U0BO"),
        ("declined", "U0BO"),
        ("granted", "U0CY"),
        ("ready", "calendar"),
        ("spent", "calendar"),
        ("running", "runner"),
        ("done", "runner"),
    ]
