"""The event stream: server-sent events over the journal, for programs that follow the centre."""
