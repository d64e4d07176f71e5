"""Questions that graph, passes, rules and show ask alike."""
