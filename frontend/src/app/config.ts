/** What the page is told about its surroundings at its start. */
export interface Config {
  /** Origin of the API; empty for the page's own. */
  readonly api_url: string;
  readonly cognito: {
    readonly user_pool_id: string;
    readonly client_id: string;
    readonly endpoint: string | null;
  };
  /** How often news are asked for, in seconds. */
  readonly poll_seconds: number;
}

/** Reads `/config.json`. Throws a sentence for people when it cannot be had or is not right. */
export async function loadConfig(): Promise<Config> {
  const response = await fetch("/config.json", { cache: "no-cache" }).catch(() => null);
  if (!response?.ok)
    throw new Error(
      "The workbench could not read its configuration. Check the connection, then load the page again.",
    );
  const config: unknown = await response.json().catch(() => null);
  if (!isConfig(config))
    throw new Error("/config.json is not right: an administrator has to deploy the workbench again.");
  return config;
}

function isConfig(value: unknown): value is Config {
  if (!isRecord(value) || !isRecord(value.cognito)) return false;
  const { user_pool_id, client_id, endpoint } = value.cognito;
  return (
    typeof value.api_url === "string" &&
    typeof user_pool_id === "string" &&
    typeof client_id === "string" &&
    (endpoint === null || typeof endpoint === "string") &&
    typeof value.poll_seconds === "number" &&
    value.poll_seconds >= 1
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
