"""Alarms, dashboard and runbooks, against each other and against what the functions emit."""

import json
import re
import unittest

from stack import RESOURCES, ROOT, filled, of_type

RUNBOOKS = ROOT / "docs/operations/runbooks.md"


class Watching(unittest.TestCase):
    def test_every_alarm_tells_somebody_and_leads_to_a_section_that_exists_and_every_section_has_its_alarm(self):
        headings = re.findall(r"^## (.+)$", RUNBOOKS.read_text(), re.M)
        anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
        led = set()
        alarms = of_type("AWS::CloudWatch::Alarm")
        for name, alarm in alarms.items():
            self.assertEqual(alarm["Properties"]["AlarmActions"], [{"Ref": "Alarms"}], name)
            text = alarm["Properties"]["AlarmDescription"]
            anchor = re.search(r"\. Runbook: docs/operations/runbooks\.md#([a-z0-9-]+)$", text)
            self.assertIsNotNone(anchor, name)
            self.assertIn(anchor[1], anchors, name)
            led.add(anchor[1])
        self.assertGreater(len(alarms), 30)
        # Sections without an alarm are named here.
        self.assertEqual(anchors - led, {"before-anything-else", "budget", "topics-on-msk-serverless"})

    def test_an_alarm_that_silence_rings_is_not_made_before_who_breaks_the_silence(self):
        # A first deployment waits 40 minutes for the brokers, and the functions wait with it.
        silent = {name: alarm for name, alarm in of_type("AWS::CloudWatch::Alarm").items() if alarm["Properties"].get("TreatMissingData") == "breaching"}
        self.assertEqual({name: alarm.get("DependsOn") for name, alarm in silent.items()}, {"OutboxLateAlarm": "RelayFunction"})

    def test_what_a_table_or_one_of_its_indexes_turns_away_rings(self):
        told = set()
        for alarm in of_type("AWS::CloudWatch::Alarm").values():
            for each in alarm["Properties"].get("Metrics", ()):
                metric = each.get("MetricStat", {}).get("Metric", {})
                dimensions = {one["Name"]: one["Value"] for one in metric.get("Dimensions", ())}
                if "TableName" in dimensions:
                    told.add((metric["MetricName"], dimensions["TableName"]["Ref"], dimensions.get("GlobalSecondaryIndexName")))
        for name, table in of_type("AWS::DynamoDB::Table").items():
            for index in [None] + [each["IndexName"] for each in table["Properties"].get("GlobalSecondaryIndexes", ())]:
                for metric in ("ReadThrottleEvents", "WriteThrottleEvents"):
                    self.assertIn((metric, name, index), told)

    def test_no_alarm_reads_more_metrics_than_it_may(self):
        for name, alarm in of_type("AWS::CloudWatch::Alarm").items():
            self.assertLessEqual(sum("MetricStat" in each for each in alarm["Properties"].get("Metrics", ())), 10, name)

    def test_alarms_and_dashboard_read_only_metrics_that_the_functions_emit(self):
        emitted = {
            "WebhookEvents": ("channel", "outcome"),
            "Parked": (),
            "ProofRefused": ("channel",),
            "MailQuarantined": (),
            "TicketsCreated": ("channel",),
            "Replies": ("channel",),
            "Sends": ("channel", "outcome"),
            "SendAge": ("channel",),
            "ProviderCall": ("channel",),
            "EventsPublished": ("by",),
            "OutboxAge": (),
            "SendQueueAge": (),
            "AccountsPaused": (),
            "ReadUnits": ("function",),
            "WriteUnits": ("function",),
            "Messages": ("direction",),
            "ColdStart": ("function",),
        }
        ours = {"Ref": "AWS::StackName"}
        for name, alarm in of_type("AWS::CloudWatch::Alarm").items():
            own = alarm["Properties"]
            metrics = [own] + [each["MetricStat"]["Metric"] for each in own.get("Metrics", ()) if "MetricStat" in each]
            for metric in metrics:
                if metric.get("Namespace") == ours:
                    dimensions = tuple(sorted(each["Name"] for each in metric.get("Dimensions", ())))
                    self.assertEqual(dimensions, emitted[metric["MetricName"]], name)
        shown = set()
        for widget in self.dashboard()["widgets"]:
            for metric in widget["properties"].get("metrics", ()):
                search = isinstance(metric[0], dict) and metric[0]["expression"]
                schema = search and re.match(r"""SEARCH\('\{"word"((?:,\w+)*)\} MetricName="(\w+)"'""", search)
                if schema:
                    self.assertEqual(tuple(filter(None, schema[1].split(","))), emitted[schema[2]], search)
                    shown.add(schema[2])
                elif metric[0] == "word" or metric[0] == ".":
                    shown.add(metric[1])
        self.assertLessEqual(set(emitted), shown, "what is emitted is shown")

    def dashboard(self):
        return json.loads(filled(RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]))
