// Room `Tensors`; see docs/architecture.md.
