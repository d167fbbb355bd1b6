import base64
import shutil
import subprocess
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.channels.dingtalk_robot.sign import sign
from connectors.simulators.dingtalk.chat import Robot
from connectors.simulators.dingtalk.checks import Call, check_signature

VECTOR = "hX4x0GELn4fuCpkIpUGlOcDIkQSYUg/QBdVsYKhsnqw="


def test_the_published_vector() -> None:
    assert sign("SECdemo000", 1_700_000_000_000) == VECTOR


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the program openssl")
@pytest.mark.parametrize("timestamp", [1_700_000_000_000, 1, 9_999_999_999_999])
def test_openssl_signs_the_same(timestamp: int) -> None:
    secret = "SEC7f00abcdef"
    done = subprocess.run(
        ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{secret.encode().hex()}", "-binary"],
        input=f"{timestamp}\n{secret}".encode(),
        capture_output=True,
        check=True,
    )
    assert sign(secret, timestamp) == base64.b64encode(done.stdout).decode()


@given(
    secret=st.text(min_size=1, max_size=80).filter(lambda text: text.isprintable()),
    timestamp=st.integers(10**12, 10**13),
)
@settings(max_examples=20)
def test_what_we_sign_the_vendor_verifies_and_nothing_else(secret: str, timestamp: int) -> None:
    robot = Robot(token="t", group="g", secret=secret)
    now = datetime.fromtimestamp(timestamp / 1000, UTC)

    def verified(signature: str) -> bool:
        query = {"timestamp": str(timestamp), "sign": signature}
        call = Call(method="POST", path="/robot/send", query=query, content_type="", body=b"", client="")
        return check_signature(call, robot, now) is None

    assert verified(sign(secret, timestamp))
    assert not verified(sign(secret + "x", timestamp))
    assert not verified(sign(secret, timestamp + 1))
