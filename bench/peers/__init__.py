"""What others do with the same work, so that a figure has something to be held against."""
