"""What each function may do, and who may act as a role."""

import unittest

from stack import of_type, strings


class Grants(unittest.TestCase):
    def test_no_function_may_more_than_its_own_policies_say(self):
        # SAM adds what its events need for every queue and stream of the account.
        plain = {"AWSLambdaBasicExecutionRole", "AWSLambdaVPCAccessExecutionRole", "AWSXrayWriteOnlyAccess"}
        roles = {name: role for name, role in of_type("AWS::IAM::Role").items() if name.endswith("FunctionRole")}
        self.assertEqual(set(roles), {f"{name}Role" for name in of_type("AWS::Lambda::Function")})
        for name, role in roles.items():
            with self.subTest(role=name):
                given = {arn.split("/")[-1] for arn in strings(role["Properties"].get("ManagedPolicyArns", [])) if "/" in arn}
                self.assertLessEqual(given, plain)

    def test_the_gateway_may_take_its_roles_without_saying_for_whom(self):
        # It brings neither aws:SourceAccount nor aws:SourceArn when it takes the role of an integration: a condition on them
        # never holds, and what the integration serves is answered with 500.
        seen = 0
        for name, role in of_type("AWS::IAM::Role").items():
            for statement in role["Properties"]["AssumeRolePolicyDocument"]["Statement"]:
                if "apigateway.amazonaws.com" in strings(statement["Principal"]):
                    seen += 1
                    self.assertNotIn("Condition", statement, name)
        self.assertEqual(seen, 2)
