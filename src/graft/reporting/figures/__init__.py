"""The figures that are drawn before the page is opened: each a function from a section's values to one SVG."""
