// Room `Validation`; see docs/architecture.md.
