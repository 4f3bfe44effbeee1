"""The stream that a page's live parts listen to: one connection, the topics in the query."""

from litestar import Response, get
from litestar.response import Stream

from huangpu.console.live import Subject
from huangpu.console.pages import NotFound, Visitor

TOPICS_MAX = 4


@get("/console/stream")
async def stream(visitor: Visitor, topics: str = "") -> Stream | Response[bytes]:
    """Send frames for as long as the page is open and its person signed in."""
    _ = visitor.signed_in
    console = visitor.console
    names = tuple(dict.fromkeys(["frame", *filter(None, topics.split(","))]))
    if len(names) > TOPICS_MAX or not all(console.hub.knows(name) for name in names):
        raise NotFound
    subject = Subject(names, visitor.words.language, visitor.scope)
    name = visitor.session_name
    frames = console.hub.frames(subject, lambda: console.sessions.lives(name))
    headers = {
        "Cache-Control": "no-store",
        "X-Accel-Buffering": "no",
        "X-Content-Type-Options": "nosniff",
    }
    return Stream(frames, media_type="text/event-stream", headers=headers)
