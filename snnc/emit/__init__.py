"""Program into text: templates filled in, formatted; ``package`` puts the files together."""
