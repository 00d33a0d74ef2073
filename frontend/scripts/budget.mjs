// Fails when what a signed-in agent loads first is above its budget: every script and style of the entry and of
// what it imports statically, gzipped, and no font or picture.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET_BYTES = 120 * 1024;
const manifest = JSON.parse(readFileSync("dist/.vite/manifest.json", "utf8"));
const files = new Set(["assets/theme.1.js"]);

function collect(key) {
  const chunk = manifest[key];
  if (!chunk || files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const style of chunk.css ?? []) files.add(style);
  for (const imported of chunk.imports ?? []) collect(imported);
}
collect("index.html");

let total = 0;
for (const file of files) {
  const bytes = gzipSync(readFileSync(`dist/${file}`), { level: 9 }).length;
  total += bytes;
  console.log(`${String(bytes).padStart(8)} B gzip  ${file}`);
}
console.log(`${String(total).padStart(8)} B gzip  signed-in first load, of ${BUDGET_BYTES} allowed`);
if (total > BUDGET_BYTES) {
  console.error("The signed-in first load is above its budget: load lazily what is not needed at once.");
  process.exit(1);
}
