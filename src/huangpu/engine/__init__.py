"""The one door to state: submit, step, replay, audit, what-if."""
