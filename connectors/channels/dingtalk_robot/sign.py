"""The robot's signature."""

import base64
import hashlib
import hmac


def sign(secret: str, timestamp: int) -> str:
    """The Base64 of HMAC-SHA256 over `timestamp` (milliseconds), a line feed and the secret, not yet URL-encoded."""
    text = f"{timestamp}\n{secret}"
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()
