"""`channel`: where messages go, within which limits."""

from typing import Annotated, Literal

from msgspec import Meta

from schema_defs.base import Document, Name

ChannelType = Literal[
    "dingtalk_robot", "dingtalk_work", "wecom_robot", "wecom_app", "feishu_robot", "email", "webhook", "inbox"
]


class Channel(Document, frozen=True, kw_only=True, tag="channel", tag_field="kind"):
    """`secrets` maps what the channel needs (`url`, `sign`) to names in the tenant's secret store, never to values."""

    type: ChannelType
    secrets: dict[str, Name] = {}
    per_minute: Annotated[int, Meta(ge=1, le=10000)] | None = None
    max_bytes: Annotated[int, Meta(ge=200, le=1000000)] | None = None
    keyword: str | None = None
    private: bool | None = None
