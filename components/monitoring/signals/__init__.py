"""What is observed, as data: metrics, scrape jobs, rules. Deliveries and dashboards are made from it."""
