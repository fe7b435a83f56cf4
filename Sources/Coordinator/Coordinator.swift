// Room `Coordinator`; see docs/architecture.md.
