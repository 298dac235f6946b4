"""Monitoring by a Prometheus, an Alertmanager and a Grafana that the cluster has already, under prometheus-operator."""
