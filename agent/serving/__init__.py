"""A local vLLM server: which model fits, how it is started, watched, restarted and stopped."""
