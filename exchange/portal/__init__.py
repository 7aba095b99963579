"""The portal: every page that a person sees, and the look that they share."""
