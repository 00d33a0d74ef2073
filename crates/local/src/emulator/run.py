"""Runs the emulator of Cognito, Secrets Manager and S3 for the local stack, and adds two things to it:

What it acknowledged is on disk. By itself it writes users, tokens and secrets only when it is ended in good
order; here each change is written before it is answered, so kill -9 loses nothing.

It never outlives the stack. Standard input is a pipe from the stack: when that ends, this ends.
"""

import os
import signal
import sys
import threading

import ministack.app as gateway
from ministack.core.persistence import save_all

# Operations that change nothing. Sign-ins are not among them: they make refresh tokens.
READS = ("Get", "List", "Describe", "BatchGet", "AdminGet", "AdminList")


def changed_service(scope):
    """The state file that this request may change, or None."""
    if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
        return None
    headers = {name.lower(): value for name, value in scope["headers"]}
    target = headers.get(b"x-amz-target", b"").decode("latin-1")
    service, _, operation = target.partition(".")
    if service == "AWSCognitoIdentityProviderService":
        # GetTokensFromRefreshToken only reads by its name.
        return None if operation.startswith(READS) and "Token" not in operation else "cognito"
    if service == "secretsmanager":
        return None if operation.startswith(READS) else "secretsmanager"
    # Objects are written one by one by the emulator itself; buckets and their settings are not.
    if not target and "/" not in scope["path"].strip("/"):
        return "s3"
    return None


def durable(app):
    async def wrapped(scope, receive, send):
        state = changed_service(scope)

        async def send_when_written(message):
            if state and message["type"] == "http.response.start" and message["status"] < 500:
                get_state = gateway._build_persistence_save_dict().get(state)
                if get_state:
                    save_all({state: get_state})
            await send(message)

        await app(scope, receive, send_when_written)

    return wrapped


def end_with_the_stack():
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


threading.Thread(target=end_with_the_stack, daemon=True).start()
gateway.app = durable(gateway.app)
gateway.main()
