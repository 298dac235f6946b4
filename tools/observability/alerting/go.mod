// Alertmanager and amtool, which the tests run, pinned here and verified by go.sum. They are built in the module's own
// folder: its zip lacks the web interface that the program embeds, and a page takes its place.
module jarvis.local/tools/observability/alerting

go 1.26.0

require github.com/prometheus/alertmanager v0.34.2
