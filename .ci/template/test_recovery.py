"""What docs/operations/recovery.md does to the template when the user pool is gone."""

import json
import re
import subprocess
import unittest

from stack import RESULT, ROOT, translated

NAMES = ("UserPool", "UserPoolClient", "AgentsGroup", "SupervisorsGroup")


def renamed(path, expression):
    return subprocess.run(["sed", "-E", expression, ROOT / path], capture_output=True, text=True, check=True).stdout


class UserPool(unittest.TestCase):
    def setUp(self):
        page = (ROOT / "docs/operations/recovery.md").read_text()
        self.expression, self.paths = re.search(r"^sed -i -E '(.+)' (.+)$", page, re.M).groups()

    def test_all_that_names_the_pool_names_the_new_one_and_nothing_else_changes(self):
        self.assertEqual(self.paths.split()[0], "template.yaml")
        after = translated(renamed("template.yaml", self.expression))
        for name in NAMES:
            self.assertNotIn(name, after["Resources"])
            self.assertEqual(after["Resources"][f"New{name}"]["Type"], RESULT["Resources"][name]["Type"])
        # The gateway's deployment is named by what it deploys: with the old name it would go on asking the old pool.
        self.assertFalse(self.deployments(after) & self.deployments(RESULT))
        back = re.sub(r"\bNew(%s)\b" % "|".join(NAMES), r"\1", self.text(after))
        self.assertTrue(json.loads(back) == json.loads(self.text(RESULT)))

    def test_no_test_goes_on_naming_the_old_one(self):
        naming = subprocess.run(["git", "-C", ROOT, "grep", "-lE", f'"({"|".join(NAMES)})"', "--", "crates/*/tests", "tests"], capture_output=True, text=True)
        self.assertEqual(naming.stdout.split(), self.paths.split()[1:])
        for path in self.paths.split()[1:]:
            self.assertNotRegex(renamed(path, self.expression), f'"({"|".join(NAMES)})"')

    def deployments(self, template):
        return {name for name, resource in template["Resources"].items() if resource["Type"] == "AWS::ApiGateway::Deployment"}

    def text(self, template):
        """The template, with the names that are made of a hash of it evened out."""
        return re.sub(r"(ApiDeployment)[0-9a-f]+|(RestApi deployment id: )[0-9a-f]+", r"\1\2", json.dumps(template, sort_keys=True, default=str))
