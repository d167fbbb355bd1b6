"""The in-app inbox: the notification's row in our own database is the message; no network takes part."""
