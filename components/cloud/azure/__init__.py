"""What a stack on Azure has beside its cluster, its database and its cache."""
