"""A relay of this process."""
import asyncio
import threading

from machine import free_port


class Sink:
    """Takes everything at once and keeps nothing."""

    def __init__(self):
        self.port = free_port()
        self.loop = asyncio.new_event_loop()
        ready = threading.Event()
        threading.Thread(target=self._run, args=(ready,), daemon=True).start()
        ready.wait()

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    def _run(self, ready):
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(asyncio.start_server(self._talk, "127.0.0.1", self.port, limit=1 << 20))
        ready.set()
        self.loop.run_forever()

    async def _talk(self, reader, writer):
        def say(line):
            writer.write(line + b"\r\n")
        say(b"220 sink")
        try:
            while line := await reader.readline():
                word = line[:4].upper().strip()
                if word == b"DATA":
                    say(b"354 go on")
                    await reader.readuntil(b"\r\n.\r\n")
                    say(b"250 2.0.0 Ok")
                elif word == b"QUIT":
                    say(b"221 bye")
                    break
                else:
                    say(b"250 sink")
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
