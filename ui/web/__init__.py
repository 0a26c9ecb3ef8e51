"""The web app: a page a tab. What a page does is plain Python beside it, which tests call."""
