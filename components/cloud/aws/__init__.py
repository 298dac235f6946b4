"""What a stack on AWS has beside its cluster, its database and its cache."""
