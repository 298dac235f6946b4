"""The offline provider `aws`."""
