"""A local server that speaks the Gemini REST format, for use without a key and for testing clients."""
