"""What calls the relay, and what becomes of a call that fails."""

import unittest

from stack import RESOURCES, of_type

STREAM_FORGETS = 24 * 60 * 60


class Relay(unittest.TestCase):
    def test_it_may_wake_itself_more_often_than_lambda_takes_for_a_mistake(self):
        # A queue that a function both fills and is called by is a loop, which Lambda cuts after 16 calls.
        wakes = [m for m in of_type("AWS::Lambda::EventSourceMapping").values() if m["Properties"]["EventSourceArn"] == {"Fn::GetAtt": ["RelayWakes", "Arn"]}]
        self.assertEqual([mapping["Properties"]["FunctionName"] for mapping in wakes], [{"Ref": "RelayFunction"}])
        self.assertEqual(RESOURCES["RelayFunction"]["Properties"]["RecursiveLoop"], "Allow")

    def test_a_record_is_set_aside_before_the_stream_forgets_it(self):
        age = RESOURCES["RelayFollowsLedger"]["Properties"]["MaximumRecordAgeInSeconds"]
        self.assertLess(age, STREAM_FORGETS)
        self.assertIn(f"after {age // 3600} hours", RESOURCES["RelayFailuresAlarm"]["Properties"]["AlarmDescription"])
