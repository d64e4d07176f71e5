"""The language server ``snnc lsp``: what the linter and the compiler know, while somebody types.

``server`` speaks the protocol and ``workspace`` holds the open texts; the other modules answer one
sort of question each. They take texts and return values of the protocol.
"""
