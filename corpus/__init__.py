"""Documents, chunks, questions: from a file's bytes to what can be asked. Imports nothing heavy."""
