"""The policy pack: what every preview and every deployment is judged by, whichever stack it is."""
