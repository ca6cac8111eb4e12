"""A Coupontools account on loopback: remembers, refuses, fails on request."""
