"""When, and carrying out."""
