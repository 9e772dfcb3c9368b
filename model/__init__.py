"""The machines: everything that turns an action into the next frames of a terminal."""
