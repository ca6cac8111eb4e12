"""The edges: Slack, HTTP and the command line."""
