"""What people do in Slack, each handed to the desk."""
