"""What can reach what."""

import re
import unittest

from stack import BODY, RESOURCES, of_type, strings


class Network(unittest.TestCase):
    def test_the_web_acl_lets_webhooks_be_by_either_name_of_the_api_and_nothing_else(self):
        rule = RESOURCES["WebAcl"]["Properties"]["Rules"][0]["Statement"]["RateBasedStatement"]
        exempt = rule["ScopeDownStatement"]["NotStatement"]["Statement"]["RegexMatchStatement"]
        self.assertEqual(exempt["FieldToMatch"], {"UriPath": {}})
        for path in BODY["paths"]:
            for stage in ("", "/v1"):
                with self.subTest(path=stage + path):
                    self.assertEqual(bool(re.search(exempt["RegexString"], stage + path)), path.startswith("/api/webhooks/"))

    def test_what_needs_no_broker_stands_outside_the_network(self):
        inside = {name for name, function in of_type("AWS::Lambda::Function").items() if "VpcConfig" in function["Properties"]}
        self.assertEqual(inside, {"WebhooksFunction", "MailFunction", "TicketsFunction", "RelayFunction"})

    def test_functions_in_the_network_reach_the_providers_the_brokers_and_the_tables(self):
        def ref(value):
            return value["Ref"]

        subnets = RESOURCES["WebhooksFunction"]["Properties"]["VpcConfig"]["Fn::If"][1]["SubnetIds"]["Fn::If"][1]
        tables = {}
        for association in of_type("AWS::EC2::SubnetRouteTableAssociation").values():
            tables[ref(association["Properties"]["SubnetId"])] = ref(association["Properties"]["RouteTableId"])
        out = {ref(route["Properties"]["RouteTableId"]): route["Properties"] for route in of_type("AWS::EC2::Route").values()}
        for subnet in map(ref, subnets):
            self.assertEqual(out[tables[subnet]]["DestinationCidrBlock"], "0.0.0.0/0", subnet)
            self.assertIn("NatGatewayId", out[tables[subnet]], subnet)
        endpoints = {}
        for endpoint in of_type("AWS::EC2::VPCEndpoint").values():
            name = next(iter(strings(endpoint["Properties"]["ServiceName"]))).rsplit(".", 1)[1]
            endpoints[name] = set(map(ref, endpoint["Properties"].get("RouteTableIds", {"Fn::If": [0, ()]})["Fn::If"][1]))
        own = {tables[subnet] for subnet in map(ref, subnets)}
        self.assertEqual(endpoints, {"dynamodb": own, "s3": own, "secretsmanager": set(), "sqs": set()})
        ports = {rule["FromPort"] for rule in RESOURCES["FunctionsSecurityGroup"]["Properties"]["SecurityGroupEgress"]}
        self.assertEqual(ports, {443, 9098})
