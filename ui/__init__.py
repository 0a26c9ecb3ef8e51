"""The command line and the web app: the only packages that print or draw."""
