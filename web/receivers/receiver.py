"""A webhook receiver: verifies, echoes the challenge, answers at once. `pip install standardwebhooks`, then
`QAMQOR_SECRET=whsec_… python receiver.py 8090`.
"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

WEBHOOK = Webhook(os.environ["QAMQOR_SECRET"])
seen: set[str] = set()  # of the last messages, in your database


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            message = WEBHOOK.verify(body, headers)  # not ours, tampered with, or older than five minutes
        except WebhookVerificationError as error:
            print("refused:", error, flush=True)
            return self.answer(401)
        if message["type"] == "subscription.verification":
            print("asked to echo", flush=True)
            return self.answer(200, {"challenge": message["data"]["challenge"]})
        if headers["webhook-id"] not in seen:  # a message may come twice
            seen.add(headers["webhook-id"])
            print(message["type"], json.dumps(message["data"], ensure_ascii=False), flush=True)
        return self.answer(204)  # first note it, then answer, then work: within 15 seconds

    def answer(self, status: int, body: object = None) -> None:
        self.send_response(status)
        if body is not None:
            self.send_header("content-type", "application/json")
        self.end_headers()
        if body is not None:
            self.wfile.write(json.dumps(body).encode())

    def log_message(self, format: str, *arguments: object) -> None:
        """Only what comes is said."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver)
    print(f"listening at http://127.0.0.1:{server.server_port}/", flush=True)
    server.serve_forever()
