"""How to talk to the Coupontools API; knows no action."""
