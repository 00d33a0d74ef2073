import { QueryClient } from "@tanstack/react-query";
import { pollInterval } from "../api/poll.ts";
import { asProblem } from "../api/problem.ts";

const ATTEMPTS = 3;

/** The cache of everything read, polling every `pollMs`, slower when hidden, at once on focus. */
export function createQueries(pollMs: number): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: "always",
        refetchInterval: () => pollInterval(pollMs),
        refetchIntervalInBackground: true,
        refetchOnReconnect: "always",
        refetchOnWindowFocus: "always",
        retry: (count, error) => count < ATTEMPTS && asProblem(error).passing,
        staleTime: pollMs / 2,
      },
      mutations: { networkMode: "always" },
    },
  });
}
