"""The world without the world: a Coupontools and a Slack on loopback. Imports nothing of ours."""
