// Room `Worker`; see docs/architecture.md.
