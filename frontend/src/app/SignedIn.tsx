import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { createApi } from "../api/client.ts";
import { DeskContext } from "../api/context.ts";
import { asProblem } from "../api/problem.ts";
import { accessToken, refreshedToken, signOut } from "../auth/session.ts";
import { Button } from "../ui/Button.tsx";
import type { Config } from "./config.ts";
import { Failure } from "./Failure.tsx";
import { createQueries } from "./queries.ts";
import { Shell } from "./Shell.tsx";

/** Everything behind the sign-in: its own API client and cache, gone with the session. */
export function SignedIn({ config, onRefused }: { config: Config; onRefused: () => void }) {
  const refused = useRef(onRefused);
  useEffect(() => {
    refused.current = onRefused;
  });
  const pollMs = config.poll_seconds * 1000;
  const api = useMemo(
    () =>
      createApi(config.api_url, {
        token: accessToken,
        refreshed: refreshedToken,
        refused: () => refused.current(),
      }),
    [config.api_url],
  );
  const queries = useMemo(() => createQueries(pollMs), [pollMs]);
  useEffect(() => () => queries.clear(), [queries]);
  return (
    <QueryClientProvider client={queries}>
      <Desk api={api} pollMs={pollMs} />
    </QueryClientProvider>
  );
}

function Desk({ api, pollMs }: { api: ReturnType<typeof createApi>; pollMs: number }) {
  const me = useQuery({
    queryKey: ["me"],
    queryFn: async ({ signal }) => (await api.GET("/api/me", { signal })).data ?? null,
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: false,
    refetchOnWindowFocus: false,
  });
  const desk = useMemo(() => (me.data ? { api, me: me.data, pollMs } : null), [api, me.data, pollMs]);
  if (desk !== null) {
    return (
      <DeskContext value={desk}>
        <Shell />
      </DeskContext>
    );
  }
  if (!me.isError) return null;
  const problem = asProblem(me.error);
  return (
    <Failure
      sentence={
        problem.code === "forbidden"
          ? "You are signed in, but in neither of the groups Agents and Supervisors. Ask an administrator to add you."
          : problem.message
      }
      action={<Button onClick={() => void signOut()}>Sign out</Button>}
    />
  );
}
