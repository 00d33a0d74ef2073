// Fails when src/api/schema.d.ts is not what the API document yields.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const dir = mkdtempSync(join(tmpdir(), "schema-"));
try {
  const fresh = join(dir, "schema.d.ts");
  execFileSync(
    "node_modules/.bin/openapi-typescript",
    ["../docs/api/openapi.json", "--empty-objects-unknown", "--output", fresh],
    { stdio: "pipe" },
  );
  if (readFileSync(fresh, "utf8") !== readFileSync("src/api/schema.d.ts", "utf8")) {
    console.error("src/api/schema.d.ts differs from docs/api/openapi.json: run `npm run api` and commit it.");
    process.exit(1);
  }
} finally {
  rmSync(dir, { recursive: true });
}
