import createClient, { type Middleware } from "openapi-fetch";
import { Problem } from "./problem.ts";
import { noteReachable } from "./reachable.ts";
import type { paths } from "./schema.d.ts";

/** Where a client gets its tokens, and what happens when they are refused. */
export interface TokenSource {
  token(): Promise<string | undefined>;
  refreshed(): Promise<string | undefined>;
  /** The API refuses the caller although the token was fresh. */
  refused(): void;
}

export type Api = ReturnType<typeof createApi>;

/** Milliseconds after which a call counts as unanswered. API Gateway gives up after 29 s. */
const TIMEOUT_MS = 30_000;
/** Answers remembered for `If-None-Match`. */
const REMEMBERED = 200;

/**
 * The API, typed by its own document. Every call carries an access token; one that is refused is
 * refreshed once before the caller is told. A failed call throws a `Problem`.
 */
export function createApi(origin: string, tokens: TokenSource) {
  const client = createClient<paths>({
    baseUrl: origin || window.location.origin,
    fetch: (request) => answered(request, tokens),
  });
  client.use(problems);
  const remembered = new Map<string, { tag: string; data: unknown }>();

  return {
    ...client,
    /**
     * Reads with `If-None-Match`: as long as the answer is the same, the very same object is returned.
     * `key` names what is read, `call` reads it with the headers given.
     */
    async fresh<T>(key: string, call: (headers: Record<string, string>) => Promise<Read<T>>): Promise<T> {
      const known = remembered.get(key);
      const { data, response } = await call(known === undefined ? {} : { "If-None-Match": known.tag });
      if (response.status === 304 && known !== undefined) return known.data as T;
      if (data === undefined) throw new Problem(response.status, {});
      const tag = response.headers.get("ETag");
      remembered.delete(key);
      if (tag !== null) remembered.set(key, { tag, data });
      const oldest = remembered.size > REMEMBERED ? remembered.keys().next() : undefined;
      if (oldest?.value !== undefined) remembered.delete(oldest.value);
      return data;
    },
    /** Forgets every remembered answer, as when somebody else signs in. */
    forget: () => remembered.clear(),
  };
}

export interface Read<T> {
  data?: T | undefined;
  response: Response;
}

async function answered(request: Request, tokens: TokenSource): Promise<Response> {
  const again = request.clone();
  const first = await send(request, await tokens.token().catch(unreachable));
  if (first.status !== 401) return first;
  const token = await tokens.refreshed().catch(() => undefined);
  const second = token === undefined ? first : await send(again, token);
  if (second.status === 401) tokens.refused();
  return second;
}

async function send(request: Request, token: string | undefined): Promise<Response> {
  if (token !== undefined) request.headers.set("Authorization", `Bearer ${token}`);
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    const response = await fetch(request, { signal });
    noteReachable(true);
    return response;
  } catch (error) {
    if (request.signal.aborted) throw error;
    return unreachable();
  }
}

function unreachable(): never {
  noteReachable(false);
  throw new Problem(0, {});
}

/** Turns every refusal into a `Problem`. */
const problems: Middleware = {
  async onResponse({ response }) {
    if (response.ok || response.status === 304) return;
    const body: unknown = await response.json().catch(() => ({}));
    throw new Problem(response.status, typeof body === "object" && body !== null ? body : {});
  },
};
