"""What can be done, and doing it; knows no Slack."""
