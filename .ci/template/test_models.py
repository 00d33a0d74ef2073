"""The models of bodies: what they refuse is wrong."""

import itertools
import unittest

from jsonschema import Draft4Validator, Draft202012Validator

from stack import BODY, DOCUMENT, loaded


class Models(unittest.TestCase):
    RIGHT = {
        "putchannelbody": [{"state": "ok"}, {"state": "paused"}],
        "changeticketbody": [{}, {"status": "open"}, {"assigned_agent_id": None}, {"assigned_agent_id": "a", "tags": []}],
        "postmessagebody": [{"content": "x"}, {"content": None, "attachments": None}, {"template": {"name": "a", "language": "en"}}],
        "createticketbody": [
            {"source": {"channel": "email", "origin_platform_id": "a@b.c"}, "customer": {}, "subject": "s", "initial_message": "m"},
            {
                "source": {"channel": "whatsapp", "origin_platform_id": "1", "account_id": None, "is_bot_handoff": None},
                "customer": {"name": None, "email": None},
                "subject": "s",
                "initial_message": "m",
                "priority": None,
                "tags": None,
            },
        ],
    }
    WRONG = {
        "putchannelbody": [[], {}, {"state": "off"}, {"state": None}, {"state": "ok", "why": "x"}],
        "changeticketbody": [[], "x", None, {"status": "gone"}, {"priority": 1}, {"subject": None}, {"tags": "x"}, {"tags": [1]}],
        "postmessagebody": [[], "x", 1, None],
        "createticketbody": [
            {},
            {"source": {"channel": "email"}, "customer": {}, "subject": "s", "initial_message": "m"},
            {"source": {"channel": "fax", "origin_platform_id": "1"}, "customer": {}, "subject": "s", "initial_message": "m"},
            {"source": {"channel": "email", "origin_platform_id": "1"}, "customer": [], "subject": "s", "initial_message": "m"},
            {"source": {"channel": "email", "origin_platform_id": "1"}, "customer": {}, "subject": 1, "initial_message": "m"},
            {"source": {"channel": "email", "origin_platform_id": "1"}, "customer": {}, "subject": "s"},
        ],
    }

    def model(self, name):
        schema = BODY["definitions"][name]
        Draft4Validator.check_schema(schema)
        return Draft4Validator(schema)

    def test_right_bodies_pass_and_wrong_ones_do_not(self):
        self.assertEqual(set(BODY["definitions"]), set(self.RIGHT))
        for name, body in ((name, body) for name in self.RIGHT for body in self.RIGHT[name]):
            with self.subTest(name=name, body=body):
                self.assertTrue(self.model(name).is_valid(body))
        for name, body in ((name, body) for name in self.WRONG for body in self.WRONG[name]):
            with self.subTest(name=name, body=body):
                self.assertFalse(self.model(name).is_valid(body))

    def test_what_the_document_allows_no_model_refuses(self):
        taken = 0
        for _, _, name in loaded("models").routes(DOCUMENT):
            whole = Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]})
            fields = DOCUMENT["components"]["schemas"][name]["properties"]
            # Absent, null, and each kind of value, in every pair of fields, beside what makes a body right.
            values = [..., None, True, 1, "", "x", "ok", "low", "open", [], ["x"], {}]
            for base in self.RIGHT[name.lower()]:
                for one, two in itertools.combinations_with_replacement(fields, 2):
                    for first, second in itertools.product(values, values):
                        body = {**base, one: first, two: second}
                        body = {field: value for field, value in body.items() if value is not ...}
                        if whole.is_valid(body):
                            taken += 1
                            self.assertTrue(self.model(name.lower()).is_valid(body), (name, body))
        self.assertGreater(taken, 100)

    def test_models_hold_nothing_that_the_gateways_import_reads_in_its_own_way(self):
        def visit(schema):
            self.assertIsInstance(schema["type"], str)
            allowed = {"$schema", "type", "enum", "items", "properties", "required", "additionalProperties"}
            self.assertLessEqual(set(schema), allowed)
            for inner in schema.get("properties", {}).values():
                visit(inner)
            if "items" in schema:
                visit(schema["items"])

        for schema in BODY["definitions"].values():
            visit(schema)
