"""Offline providers: Pulumi provider plugins in Python, for where Pulumi's official ones cannot be had.

Each provider is a package run as `python -m sandbox.providers.NAME ENGINE_ADDRESS`. `server.py` speaks the protocol,
`resource.py` has the types that a provider deals in, `values.py` turns protocol values into Python and back.
"""
