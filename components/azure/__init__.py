"""What every resource in Azure shares, whichever component makes it."""
