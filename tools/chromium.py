"""Chromium without a window, spoken to through two pipes: no other package is needed."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars")
Message = dict[str, Any]


def found() -> str | None:
    """The program: ``CHROMIUM`` names one, or else the first that there is."""
    named = os.environ.get("CHROMIUM")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """One page of a browser: what it was told, and every event that it told since."""

    def __init__(self, out: BinaryIO, into: BinaryIO) -> None:
        self.out, self.into = out, into
        self.count, self.session = 0, ""
        self.events: list[Message] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self.session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **told: Any) -> Message:
        """The answer to a command of the DevTools protocol. Raises RuntimeError."""
        self.count += 1
        message: Message = {"id": self.count, "method": method, "params": told}
        message |= {"sessionId": self.session} if self.session else {}
        self.out.write(json.dumps(message).encode() + b"\0")
        self.out.flush()
        while (answer := self.message()).get("id") != self.count:
            self.events.append(answer)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        result: Message = answer["result"]
        return result

    def message(self) -> Message:
        """The next message of the browser. Raises RuntimeError if it is gone."""
        text = b""
        while not text.endswith(b"\0"):
            if not (byte := self.into.read(1)):
                raise RuntimeError("the browser ended")
            text += byte
        message: Message = json.loads(text[:-1])
        return message

    def open(self, url: str, width: int, height: int = 900) -> None:
        """Loads a page in a window of that size, and waits until it is there."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1}
        self.call("Emulation.setDeviceMetricsOverride", **size, mobile=width < 500)
        self.events.clear()
        self.call("Page.navigate", url=url)
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.message())

    def value(self, script: str) -> Any:
        """The value of an expression of JavaScript in the page. Raises RuntimeError."""
        said = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in said:
            raise RuntimeError(said["exceptionDetails"]["text"])
        return said["result"].get("value")

    def picture(self) -> str:
        """The whole page as a PNG, in base 64."""
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        return str(shot["data"])


@contextmanager
def browser(program: str) -> Iterator[Browser]:
    """Starts the program, and ends it."""
    ours, theirs = os.pipe(), os.pipe()  # it reads 3 and writes 4

    def placed() -> None:
        ends = (os.dup(ours[0]), os.dup(theirs[1]))
        for place, end in zip((3, 4), ends, strict=True):
            os.dup2(end, place)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        command = [program, *FLAGS, "--remote-debugging-pipe", f"--user-data-dir={home}"]
        process = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            close_fds=False,
            preexec_fn=placed,  # noqa: PLW1509 - this process has one thread
        )
        os.close(ours[0])
        os.close(theirs[1])
        try:
            with os.fdopen(ours[1], "wb") as out, os.fdopen(theirs[0], "rb") as into:
                yield Browser(out, into)
        finally:
            process.terminate()
            process.wait()
