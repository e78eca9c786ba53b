"""Work that misbehaves on order."""

import os
import re
import signal
import time


class Panic(BaseException):
    """Like the panic of a Rust library: no `Exception`, and it does not pickle."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.handle = (line for line in "")


def work(task: str) -> object:
    match task:
        case "hang":
            time.sleep(1000)
        case "hang holding the lock":
            re.match(r"(a+)+$", "a" * 60 + "b")
        case "exit":
            os._exit(3)
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "memory":
            return bytearray(64 << 30)
        case "raise":
            raise ValueError("坏了")
        case "panic":
            raise Panic("恐慌")
        case "pid":
            return os.getpid()
        case "deaf":
            return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    return task.upper()
