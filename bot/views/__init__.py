"""What people see in Slack: pure functions from values to blocks."""
