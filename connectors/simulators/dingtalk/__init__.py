"""DingTalk's custom robots on this machine, and the group chats that they would write to."""
