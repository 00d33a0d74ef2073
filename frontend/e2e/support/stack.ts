import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const ROOT = resolve(import.meta.dirname, "../../..");
const PROGRAM = process.env.TRIBUTARY_LOCAL ?? join(ROOT, "target/debug/tributary-local");
const START_MS = 120_000;
const STOP_MS = 20_000;

/** `GET /local/info` of a stack. */
export interface Info {
  api_url: string;
  dynamodb_url: string;
  provider_double_url: string;
  cognito: { endpoint: string; user_pool_id: string; client_id: string };
  agent: Person;
  supervisor: Person;
  tables: { tickets: string };
}

export interface Person {
  email: string;
  password: string;
}

/** A local stack of its own, with its own data. */
export interface Stack {
  readonly url: string;
  readonly info: Info;
  stop(): Promise<void>;
}

/** Starts a local stack as `make run` does, on free ports. */
export async function startStack(): Promise<Stack> {
  if (!existsSync(PROGRAM)) {
    throw new Error(
      `${PROGRAM} is missing: run \`cargo build -p tributary-local --bin tributary-local\` first.`,
    );
  }
  const data = mkdtempSync(join(tmpdir(), "tributary-e2e-"));
  const child = spawn(PROGRAM, [], {
    cwd: ROOT,
    env: {
      ...process.env,
      PORT: "0",
      DATA_DIR: data,
      POLL_SECONDS: "1",
      SWEEP_SECONDS: "2",
      TYPING_INDICATORS: "instagram",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const interrupt = () => child.kill("SIGINT");
  process.once("exit", interrupt);
  const url = await ready(child);
  const info = (await (await fetch(`${url}/local/info`)).json()) as Info;
  return {
    url,
    info,
    async stop() {
      process.off("exit", interrupt);
      await ended(child);
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** Waits for the line that says that a request would succeed, and returns the address in it. */
async function ready(child: ChildProcess): Promise<string> {
  const said: string[] = [];
  return new Promise((found, failed) => {
    const timer = setTimeout(() => fail("was not ready in time"), START_MS);
    const fail = (why: string) => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      failed(new Error(`The local stack ${why}:\n${said.slice(-40).join("\n")}`));
    };
    const listen = (line: string) => {
      said.push(line);
      const url = /^ready (http:\S+)$/.exec(line)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      found(url);
    };
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface(stream).on("line", listen);
    }
    child.once("error", (error) => fail(`did not start (${error.message})`));
    child.once("exit", (code) => fail(`ended with ${code}`));
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  await new Promise<void>((done) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    child.removeAllListeners("exit");
    child.once("exit", () => {
      clearTimeout(timer);
      done();
    });
    child.kill("SIGINT");
  });
}
