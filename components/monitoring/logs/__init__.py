"""Logs: Loki keeps them, Grafana Alloy brings them, Grafana shows them."""
