// Room `Report`; see docs/architecture.md.
