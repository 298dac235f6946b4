"""The offline provider `random`: real random values with the official provider's inputs and outputs."""
