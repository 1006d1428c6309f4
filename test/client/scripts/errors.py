"""What a person is told when something does not work."""

import os

from polytope.api import Client
from session import TWO_METRE_TEMPERATURE, answer, client, failure

polytope = client()
stranger = Client(address=os.environ["ADDRESS"], insecure=True, user_key="not-a-key")
unknown_id = "00000000-0000-0000-0000-000000000000"

answer(
    {
        "failed_job": failure(lambda: polytope.retrieve("raise", {"a": "b"}, "x")),
        "failed_pointer": failure(lambda: polytope.retrieve("raise", {"a": "b"}, pointer=True)),
        "bad_value": failure(
            lambda: polytope.retrieve("sample", {**TWO_METRE_TEMPERATURE, "date": "yesterday"}, "x")
        ),
        "no_match": failure(
            lambda: polytope.retrieve("sample", {**TWO_METRE_TEMPERATURE, "class": "rd"}, "x")
        ),
        "no_collection": failure(lambda: polytope.retrieve("nowhere", {"a": "b"}, "x")),
        "not_a_size": failure(lambda: polytope.retrieve("dummy", {"size": "huge"}, "x")),
        "wrong_key": failure(stranger.list_collections),
        "unknown_download": failure(lambda: polytope.download(unknown_id, "x")),
        "unknown_describe": failure(lambda: polytope.describe_request(unknown_id)),
    }
)
