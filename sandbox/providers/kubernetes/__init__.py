"""The offline provider `kubernetes`: real objects in a real API server, with the official provider's behaviour."""
