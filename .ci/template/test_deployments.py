"""What a deployment is kept from: empty tables in the place of restored ones, and settings of another day."""

import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from stack import ROOT

PLAIN = "Resources: {TicketsTable: {Type: AWS::DynamoDB::Table}}"
POINTED = "Resources: {Api: {Type: AWS::Serverless::Api}}"
NO_STACK = "An error occurred (ValidationError) when calling the ListStackResources operation: Stack with id tributary-prod does not exist"


class RestoredTables(unittest.TestCase):
    def deploy(self, template, says, code=0):
        """What it exits with and says, when `aws` prints `says` and exits with `code`."""
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            (folder / "template.yaml").write_text(template)
            aws = folder / "aws"
            aws.write_text(f"#!/bin/sh\n[ \"$1 $2\" = 'cloudformation list-stack-resources' ] || exit 9\ncat <<'SAYS'\n{says}\nSAYS\nexit {code}\n")
            aws.chmod(0o755)
            environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}
            ran = subprocess.run([ROOT / ".ci/refuse-empty-tables", "tributary-prod", folder / "template.yaml"], env=environment, capture_output=True, text=True)
            return ran.returncode, ran.stderr

    def test_a_stack_that_let_its_tables_go_gets_no_template_with_tables(self):
        code, told = self.deploy(PLAIN, "AWS::S3::Bucket\nAWS::Lambda::Function")
        self.assertEqual(code, 1)
        self.assertIn("docs/operations/recovery.md, step 7", told)

    def test_it_gets_the_template_that_points_at_its_tables(self):
        self.assertEqual(self.deploy(POINTED, "AWS::S3::Bucket\nAWS::Lambda::Function"), (0, ""))

    def test_a_stack_with_tables_and_one_that_is_not_there_yet_get_what_is_deployed(self):
        self.assertEqual(self.deploy(PLAIN, "AWS::S3::Bucket\nAWS::DynamoDB::Table"), (0, ""))
        self.assertEqual(self.deploy(PLAIN, NO_STACK, 254), (0, ""))
        self.assertEqual(self.deploy(PLAIN, ""), (0, ""))

    def test_who_may_not_look_deploys_nothing(self):
        self.assertEqual(self.deploy(PLAIN, "AccessDenied", 254)[0], 1)

    def test_the_workflows_ask_before_they_deploy(self):
        steps = (ROOT / ".github/actions/deploy/action.yml").read_text()
        asked, deployed = steps.find(".ci/refuse-empty-tables"), steps.find("bin/sam deploy")
        self.assertTrue(0 < asked < deployed)


class Settings(unittest.TestCase):
    def test_older_code_is_deployed_with_todays_settings(self):
        # Those of its day may have other brokers or none: going back to them deletes a cluster with what nobody has read.
        action = (ROOT / ".github/actions/deploy/action.yml").read_text()
        self.assertRegex(action, r'bin/sam deploy --config-file "\$GITHUB_WORKSPACE/samconfig\.toml"')
        page = (ROOT / "docs/operations/upgrades.md").read_text()
        checkouts = re.findall(r"^git checkout <its commit>.*$", page, re.M)
        self.assertTrue(checkouts)
        for line in checkouts:
            self.assertIn("git checkout main -- samconfig.toml", line)
