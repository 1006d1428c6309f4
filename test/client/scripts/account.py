"""Is the server there, what does it offer, and who am I: by each kind of credentials."""

from session import CREDENTIALS, answer, client, transcript

answer(
    {
        "ping": transcript(lambda client: client.ping()),
        "collections": {kind: client(kind).list_collections() for kind in CREDENTIALS},
        "user": {
            kind: transcript(lambda client: client.describe_user(), kind) for kind in CREDENTIALS
        },
    }
)
