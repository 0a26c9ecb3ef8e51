"""The web app. Only `app` and `page` import Gradio; the rest is plain Python that tests call."""
