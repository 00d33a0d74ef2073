"""The routes against docs/api/openapi.json: who may call them, and with which model."""

import json
import unittest

from stack import BODY, DOCUMENT, filled, loaded, of_type, strings

MAIL = "/api/webhooks/email"
AGENTS = [{"Agents": ["aws.cognito.signin.user.admin"]}]
# Lambda takes this much of the statements that say who may call a function.
POLICY_LIMIT = 20_480


class Routes(unittest.TestCase):
    def test_every_documented_call_has_a_route_and_browsers_may_ask_before_it(self):
        # Exactly these words: what API Gateway does not know, such as `any`, it leaves out without a word.
        expected = {(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods}
        expected |= {(path, "options") for path in DOCUMENT["paths"] if not path.startswith("/api/webhooks/")}
        self.assertEqual({(path, method) for path, methods in BODY["paths"].items() for method in methods}, expected)

    def test_each_method_asks_for_exactly_the_proof_it_should(self):
        self.assertNotIn("security", BODY, "a default would land on the webhooks")
        for path, methods in BODY["paths"].items():
            for method, route in methods.items():
                # A call that somebody other than an agent may make is left to the function.
                documented = DOCUMENT["paths"][path].get(method, {}).get("security")
                expected = AGENTS if documented == [{"agent": []}] else None
                if path == MAIL:
                    expected = [{"MailAuthorizer": []}]
                with self.subTest(method=method, path=path):
                    self.assertEqual(route.get("security"), expected)

    def test_what_needs_no_token_of_an_agent_is_what_we_think(self):
        # Written out, so that a change of the document cannot open a path unseen.
        free = {path for path, methods in BODY["paths"].items() if any(
            route.get("security") != AGENTS for method, route in methods.items() if method != "options")}
        hooks = {f"/api/webhooks/{name}" for name in ("facebook", "instagram", "whatsapp", "twitter", "chatbot", "email", "email/events")}
        self.assertEqual(free, hooks | {"/api/tickets/create", "/api/tickets/{id}/status", "/api/health"})

    def test_a_route_has_the_model_that_the_document_names_and_webhooks_have_none(self):
        expected = {(path, method): name for method, path, name in loaded("models").routes(DOCUMENT)}
        validators = BODY["x-amazon-apigateway-request-validators"]
        found = {}
        for path, methods in BODY["paths"].items():
            for method, route in methods.items():
                bodies = [p["schema"]["$ref"] for p in route.get("parameters", ()) if p["in"] == "body"]
                if bodies or "x-amazon-apigateway-request-validator" in route:
                    validator = validators[route["x-amazon-apigateway-request-validator"]]
                    self.assertEqual(validator, {"validateRequestBody": True, "validateRequestParameters": False})
                    found[path, method] = bodies
        wanted = {key: [f"#/definitions/{name.lower()}"] for key, name in expected.items()}
        self.assertEqual(found, wanted)
        self.assertFalse([path for path, _ in found if path.startswith("/api/webhooks")])

    def test_the_statements_that_let_the_gateway_call_a_function_fit_its_policy(self):
        sizes = {}
        for name, permission in of_type("AWS::Lambda::Permission").items():
            properties = permission["Properties"]
            function = json.dumps(properties["FunctionName"])
            source = max((filled(text) for text in strings(properties.get("SourceArn", ""))), key=len, default="")
            # What is around it: names as long as they get, the account, the region, and the JSON itself.
            sizes[function] = sizes.get(function, 0) + len(name) + len(source) + 64 + 370
        self.assertTrue(sizes)
        for function, size in sizes.items():
            self.assertLess(size, POLICY_LIMIT, function)
