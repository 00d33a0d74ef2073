import { QueryClient } from "@tanstack/react-query";
import { asProblem } from "../api/problem.ts";

/** How many times slower a page that nobody looks at asks for news. */
const HIDDEN_FACTOR = 3;
const ATTEMPTS = 3;

/** The cache of everything read, polling every `pollMs`, slower when hidden, at once on focus. */
export function createQueries(pollMs: number): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: "always",
        refetchInterval: () => (document.hidden ? pollMs * HIDDEN_FACTOR : pollMs),
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
