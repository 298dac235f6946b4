# From the lead, 09:58. Two of you write the providers at once. From now on:
# - The engineer started at 09:35 ("You take over a part", threads: server.py, resource.py, engine_log.py, values.py, kubernetes/) OWNS those files and kubernetes/
#   with its tests. Go on, nobody else writes there.
# - The engineer started at 09:06 (asyncio: engine.py, provider.py, plugin.py, paths.py, random/) OWNS random/ and its tests only: port random/ to the other's
#   server.py/resource.py/values.py, then delete your engine.py, provider.py, plugin.py (and paths.py where resource.py has the same), never touch
#   server.py/values.py/resource.py/kubernetes/ (say in your final message what you would change there: e.g. what your asyncio server did better). Then write
#   tests/sandbox/test_provider_random.py and finish; then tests/unit/sandbox for values/random. Stop after that.
# Delete this file when both have read it (the 09:06 engineer deletes it at the end).
