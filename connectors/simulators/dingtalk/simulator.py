"""The simulator as an object: robots in, chat out."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from connectors.simulators.dingtalk import checks, store
from connectors.simulators.dingtalk.app import App, application
from connectors.simulators.dingtalk.chat import ChatMessage, Robot, RobotState, key_of, link_of, mentions_of
from connectors.simulators.dingtalk.checks import OK, Call, Reply
from connectors.simulators.dingtalk.faults import Faults
from connectors.simulators.dingtalk.throttle import Throttle

KEPT_MESSAGES = 5000
KEPT_CALLS = 1000
TOO_FAST = Reply(130101, "send too fast, exceed 20 times per minute")


class Logged(msgspec.Struct, frozen=True, kw_only=True):
    """One request in the log: what came, whether its signature was verified, what was answered, which fault met it."""

    received_at: datetime
    method: str
    path: str
    group: str | None
    verified: bool
    errcode: int | None
    errmsg: str
    key: str | None
    size: int
    fault: str | None


class Simulator:
    """DingTalk for the given robots. `clock` gives the present, with a zone; `people` names the mobiles; `file` keeps
    the chat over restarts. `app` is the ASGI application."""

    def __init__(
        self,
        robots: Iterable[Robot] = (),
        people: Mapping[str, str] | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        file: Path | None = None,
    ) -> None:
        self.app: App = application(self)
        self.faults = Faults()
        self.people: dict[str, str] = dict(people or {})
        self._robots = {robot.token: robot for robot in robots}
        self._clock = clock
        self._ahead = timedelta()
        self._file = file
        self._listeners: list[Callable[[ChatMessage], None]] = []
        self._log: deque[Logged] = deque(maxlen=KEPT_CALLS)
        self._messages: deque[ChatMessage] = deque(store.load(file) if file else (), maxlen=KEPT_MESSAGES)
        self._throttles: dict[str, Throttle] = {}

    @property
    def messages(self) -> tuple[ChatMessage, ...]:
        """The chats' messages, oldest first, the last 5,000."""
        return tuple(self._messages)

    @property
    def log(self) -> tuple[Logged, ...]:
        return tuple(self._log)

    @property
    def robots(self) -> tuple[Robot, ...]:
        return tuple(self._robots.values())

    def subscribe(self, listener: Callable[[ChatMessage], None]) -> Callable[[], None]:
        """Calls `listener` with every new message; the result ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def now(self) -> datetime:
        return self._clock() + self._ahead

    def advance_clock(self, by: timedelta) -> None:
        self._ahead += by

    def seed(self, robots: Iterable[Robot], people: Mapping[str, str] | None = None) -> None:
        """Adds robots, or sets them up anew, and names people."""
        self._robots.update({robot.token: robot for robot in robots})
        self.people.update(people or {})

    def set_state(self, token: str, state: RobotState) -> None:
        if token in self._robots:
            self._robots[token] = msgspec.structs.replace(self._robots[token], state=state)

    def reset(self) -> None:
        """Empties chat, log, counters and faults; the robots stay, and are active."""
        self._messages.clear()
        self._log.clear()
        self._throttles.clear()
        self.faults.clear()
        self._ahead = timedelta()
        for token in self._robots:
            self.set_state(token, "active")
        if self._file:
            self._file.unlink(missing_ok=True)

    def receive(self, call: Call, fault: str | None = None) -> Reply:
        """Checks one request as the vendor does, and puts its message into the chat when all is right."""
        robot = self._robots.get(call.query.get("access_token", ""))
        now = self.now()
        outcome = self._judge(call, robot, now)
        reply = outcome if isinstance(outcome, Reply) else OK
        message = None if isinstance(outcome, Reply) else self._keep(outcome)
        self.note(call, reply, fault, message)
        return reply

    def note(self, call: Call, reply: Reply | None, fault: str | None, message: ChatMessage | None = None) -> None:
        """Writes the request into the log; without a reply a fault came first."""
        robot = self._robots.get(call.query.get("access_token", ""))
        signed = robot is not None and robot.secret is not None
        entry = Logged(
            received_at=self.now(),
            method=call.method,
            path=call.path,
            group=robot.group if robot else None,
            verified=bool(robot and signed and checks.check_signature(call, robot, self.now()) is None),
            errcode=reply.errcode if reply else None,
            errmsg=reply.errmsg if reply else "",
            key=message.key if message else None,
            size=len(call.body),
            fault=fault,
        )
        self._log.append(entry)

    def _judge(self, call: Call, robot: Robot | None, now: datetime) -> Reply | ChatMessage:
        """The message to show, or why there is none, in the vendor's order."""
        refused = checks.check_header(call)
        if refused:
            return refused
        if robot is None or robot.state != "active":
            return checks.state_reply(robot)
        if not self._throttle(robot).admits(now):
            return TOO_FAST
        refused = checks.check_address(call, robot) or checks.check_signature(call, robot, now)
        if refused:
            return refused
        document = checks.parse(call)
        if isinstance(document, Reply):
            return document
        words = checks.words_of(document)
        return checks.check_keyword(robot, words) or self._message(document, words, robot, now)

    def _message(
        self, document: Mapping[str, object], words: tuple[str, str], robot: Robot, now: datetime
    ) -> ChatMessage:
        at = document.get("at")
        at = at if isinstance(at, dict) else {}
        title, text = words
        link = link_of(text)
        return ChatMessage(
            number=self._messages[-1].number + 1 if self._messages else 1,
            sent_at=now,
            group=robot.group,
            robot=robot.name,
            kind=str(document["msgtype"]),
            title=title,
            text=text,
            link=link,
            key=key_of(link),
            mentions=mentions_of(text, at, robot, self.people),
            everybody=at.get("isAtAll") is True,
            verified=robot.secret is not None,
        )

    def _keep(self, message: ChatMessage) -> ChatMessage:
        if self._file:
            store.append(self._file, message)
        self._messages.append(message)
        for listener in tuple(self._listeners):
            listener(message)
        return message

    def _throttle(self, robot: Robot) -> Throttle:
        """The robot's counter; after a restart it goes on from the kept messages."""
        if robot.token not in self._throttles:
            taken = (message.sent_at for message in self._messages if message.group == robot.group)
            self._throttles[robot.token] = Throttle(taken)
        return self._throttles[robot.token]
