"""The unmodified polytope-client: one task a line on standard input, what became of it a line on standard output.

Only its patience is another: it sleeps 120 s where it could not reach the server, here 1 s.
"""

import concurrent.futures
import hashlib
import json
import os
import sys
import threading
import time

sleep = time.sleep
time.sleep = lambda seconds: sleep(min(seconds, 1))

from polytope.api import Client  # noqa: E402

local = threading.local()
lock = threading.Lock()


def client(key):
    clients = local.__dict__.setdefault("clients", {})
    if key not in clients:
        clients[key] = Client(address=os.environ["ADDRESS"], insecure=True, user_key=key, quiet=True)
    return clients[key]


def fetch(task):
    """A download that was cut is begun anew, as people do."""
    polytope = client(task["key"])
    [result] = polytope.retrieve(task["collection"], task["request"], asynchronous=True)
    task["id"] = result.request_url.split("/")[-1]
    path = f"{task['index']}.out"
    for left in reversed(range(10)):
        try:
            result.download(output_file=path)
            break
        except Exception as error:
            if "Request failed" in str(error) or left == 0:
                raise
            sleep(0.5)
    with open(path, "rb") as file:
        sha256 = hashlib.sha256(file.read()).hexdigest()
    os.remove(path)
    return sha256


def run(line):
    task = json.loads(line)
    answer = {"index": task["index"]}
    try:
        answer["sha256"] = fetch(task)
    except Exception as error:
        answer["error"] = f"{type(error).__name__}: {error}"
    answer["id"] = task.get("id")
    with lock:
        print(json.dumps(answer), flush=True)


with concurrent.futures.ThreadPoolExecutor(4) as pool:
    for line in sys.stdin:
        pool.submit(run, line)
