"""Someone who asks more often than they may."""

import time

from session import answer, client, failure

polytope = client()
begun = time.monotonic()
polytope.retrieve("echo", "first", "first")
polytope.retrieve("echo", "second", "second")
refused = failure(lambda: polytope.retrieve("echo", "third", "third"))
answer({"refused": refused, "listed": len(polytope.list_requests()), "seconds": time.monotonic() - begun})
