"""The offline provider `azure-native`."""
