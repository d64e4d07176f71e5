"""The Program: what runs before time, over time and after it. Naive at first; passes refine it."""
