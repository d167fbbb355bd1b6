"""The outbox and its deliveries."""
