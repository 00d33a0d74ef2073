"""What the gateway itself says, to callers and in its log."""

import json
import unittest

from stack import BODY, RESOURCES


class Answers(unittest.TestCase):
    def test_what_the_gateway_answers_is_a_problem_with_its_own_status_and_cors(self):
        for kind, answer in BODY["x-amazon-apigateway-gateway-responses"].items():
            with self.subTest(kind=kind):
                headers = answer["responseParameters"]
                self.assertEqual(headers["gatewayresponse.header.Access-Control-Allow-Origin"], "'*'")
                self.assertEqual(headers["gatewayresponse.header.Content-Type"], "'application/problem+json'")
                problem = json.loads(answer["responseTemplates"]["application/json"])
                self.assertEqual(str(problem["status"]), str(answer["statusCode"]))
                self.assertTrue(problem["type"].endswith("/" + problem["code"]))

    def test_access_logs_are_json_and_hold_nothing_of_a_person(self):
        line = RESOURCES["Apiv1Stage"]["Properties"]["AccessLogSetting"]["Format"]
        self.assertNotIn("\n", line)
        said = set(json.loads(line).values())
        for word in ("identity", "context.path", "querystring", "header", "claims", "principalId", "requestOverride"):
            self.assertFalse([value for value in said if word in value], word)
