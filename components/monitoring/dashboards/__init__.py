"""The dashboards, generated with the Grafana Foundation SDK. Only `components.monitoring.grafana` imports them."""
