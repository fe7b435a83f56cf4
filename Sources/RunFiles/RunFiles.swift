// Room `RunFiles`; see docs/architecture.md.
