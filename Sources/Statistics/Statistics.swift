// Room `Statistics`; see docs/architecture.md.
