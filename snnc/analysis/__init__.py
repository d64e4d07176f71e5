"""Questions about a graph that several rules ask: each is answered in one place."""
