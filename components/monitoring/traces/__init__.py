"""Traces: the OpenTelemetry Collector takes them from the application, Tempo keeps them, Grafana shows them."""
