"""What `.ci/smoke` takes for a desk that works."""

import json
import os
import subprocess
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from stack import ROOT


class Desk(BaseHTTPRequestHandler):
    """A desk whose mail door answers `mail`."""

    mail = 401
    asked = []

    def answer(self, status, code, headers=()):
        body = json.dumps({"status": "ok", "code": code}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if status < 400 else "application/problem+json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.asked.append(self.path)
        known = {"/api/health": (200, "ok"), "/api/tickets": (401, "unauthenticated")}
        self.answer(*known.get(self.path, (404, "not-found")))

    def do_POST(self):
        self.asked.append(self.path)
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(self.mail, "invalid-signature" if self.mail == 401 else "temporarily-unavailable")

    def do_OPTIONS(self):
        origin = self.headers["Origin"]
        allowed = [("Access-Control-Allow-Origin", origin), ("Access-Control-Allow-Headers", "authorization")]
        self.answer(200, "ok", allowed if origin == "https://desk.example" else ())

    def log_message(self, *_):
        pass


class Smoke(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()

    @classmethod
    def tearDownClass(cls):
        cls.server.shutdown()
        cls.server.server_close()

    def smoke(self, channels):
        Desk.asked = []
        address = f"http://127.0.0.1:{self.server.server_port}"
        ran = subprocess.run([ROOT / ".ci/smoke", address, "https://desk.example"], env={**os.environ, "CHANNELS": channels}, capture_output=True, text=True)
        return ran.returncode, ran.stdout

    def test_a_mail_that_proves_nothing_is_refused_or_stored_and_never_put_off(self):
        for mail, code in ((401, 0), (200, 0), (503, 1)):
            with self.subTest(mail=mail):
                Desk.mail = mail
                self.assertEqual(self.smoke("email")[0], code, mail)
                self.assertIn("/api/webhooks/email", Desk.asked)

    def test_a_desk_without_channels_says_none(self):
        for word in ("none", ""):
            code, told = self.smoke(word)
            self.assertEqual(code, 0, told)
            self.assertFalse([path for path in Desk.asked if "webhooks" in path])
