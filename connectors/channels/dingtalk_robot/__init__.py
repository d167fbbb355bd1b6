"""DingTalk's custom group robot: a web hook with a token and, where the robot is set so, a signature."""
