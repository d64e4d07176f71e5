"""Every kind that a spec can name, trained, evaluated, resumed and drawn as its users do it.

A row is a spec around one kind; a column is what is done with its package. Kinds come from the
catalogues, so a new one is in the matrix by being there, and one that no spec can be found for
makes the matrix fail.
"""
