"""A Slack workspace on loopback: refuses what Slack refuses, delivers signed requests."""
