"""Revoke one request and all of them, in a collection that serves one request at a time and takes its time."""

import time

from session import answer, client, failure, transcript

polytope = client()


def status_of():
    return {
        request_id: polytope.describe_request(request_id)["status"]
        for request_id in polytope.list_requests("slow")
    }


def wait_until_running(request_id):
    for _ in range(300):
        if status_of()[request_id] == "processing":
            return
        time.sleep(0.05)
    raise TimeoutError(f"{request_id} is still {status_of()[request_id]}")


results = polytope.retrieve("slow", [{"size": "100MB"}] * 4, asynchronous=True)
running, first, second, third = [result.request_url.split("/")[-1] for result in results]
wait_until_running(running)
before = status_of()
told = {"one": transcript(lambda client: client.revoke(first))}
after_one = status_of()
told["all"] = transcript(lambda client: client.revoke("all"))
after_all = status_of()
told["running"] = transcript(lambda client: client.revoke(running))
after_running = status_of()

answer(
    {
        "ids": {"running": running, "first": first, "second": second, "third": third},
        "before": before,
        "after_one": after_one,
        "after_all": after_all,
        "after_running": after_running,
        "told": told,
        "download_waiting": failure(lambda: polytope.download(first, "x")),
        "download_running": failure(lambda: polytope.download(running, "x")),
        "revoke_again": failure(lambda: polytope.revoke(running)),
    }
)
