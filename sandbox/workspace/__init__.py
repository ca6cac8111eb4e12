"""The workspace page: plain HTML, CSS and JavaScript, served by the Slack sandbox."""
