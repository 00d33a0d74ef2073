"""What CloudFormation takes, and what is made only where it is needed."""

import json
import unittest

from stack import RESOURCES, RESULT

CFN_RESOURCES, CFN_BYTES = 500, 1_000_000


class Limits(unittest.TestCase):
    def test_the_stack_is_within_what_cloudformation_takes(self):
        size = len(json.dumps(RESULT, default=str))
        print(f"{len(RESOURCES)} of {CFN_RESOURCES} resources, {size:,} of {CFN_BYTES:,} bytes")
        self.assertLess(len(RESOURCES), CFN_RESOURCES)
        self.assertLess(size, CFN_BYTES)

    def test_without_kafka_nothing_of_a_network_is_made(self):
        # A resource that needs brokers is made on a condition that archive makes false.
        conditions = RESULT["Conditions"]
        # The only roots: InVpc, and Kafka or KafkaServerless, which ask for their word.
        away = {"InVpc", "Kafka", "KafkaServerless"}
        for name, condition in conditions.items():
            if {"Condition": "InVpc"} in condition.get("Fn::And", ()) or {"Condition": "ThreeZones"} in condition.get("Fn::And", ()):
                away.add(name)
            if {"Fn::Equals": [{"Ref": "EventsTo"}, "kafka"]} in condition.get("Fn::And", ()) or {"Condition": "Kafka"} in condition.get("Fn::And", ()):
                away.add(name)
        for name, resource in RESOURCES.items():
            if resource["Type"].startswith(("AWS::EC2::", "AWS::MSK::", "Custom::")):
                self.assertIn(resource.get("Condition"), away, name)
