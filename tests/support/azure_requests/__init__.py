"""What the program asks of Azure, held against the models of Azure's own management SDKs."""
