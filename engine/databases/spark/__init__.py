"""Spark sessions, and tables of a Spark catalog as deliveries."""
