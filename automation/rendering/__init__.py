"""A stack's manifests as files, for Argo CD: planned by the engine, stripped of secrets, ordered, written whole."""
