"""Submit and go on, then describe, list and download."""

from session import TWO_METRE_TEMPERATURE, answer, client, messages

polytope = client()
[result] = polytope.retrieve("sample", TWO_METRE_TEMPERATURE, asynchronous=True)
request_id = result.request_url.split("/")[-1]
description = result.describe()
result.download(output_file="by-result.grib")
polytope.download(request_id, "by-id.grib")
polytope.download(result.request_url, "by-url.grib")

answer(
    {
        "id": request_id,
        "description": description,
        "later": polytope.describe_request(request_id),
        "by_result": messages("by-result.grib"),
        "by_id": messages("by-id.grib"),
        "by_url": messages("by-url.grib"),
        "listed": polytope.list_requests(),
        "listed_in_sample": polytope.list_requests("sample"),
        "listed_in_echo": polytope.list_requests("echo"),
    }
)
