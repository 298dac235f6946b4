"""What people and CI run: the program through the real engine, over Pulumi's Automation API."""
