"""What providers share that only plan: inputs checked against an SDK's own types, computed outputs made up."""
