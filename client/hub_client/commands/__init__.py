"""What can be typed after `hub`: each module registers its parsers by `add` and translates between options and the library."""
