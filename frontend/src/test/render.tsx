import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { Router } from "wouter";
import { memoryLocation } from "wouter/memory-location";
import { createApi } from "../api/client.ts";
import { DeskContext } from "../api/context.ts";
import type { Agent } from "../api/types.ts";
import { createQueries } from "../app/queries.ts";

export const ME: Agent = {
  agent_id: "11111111-1111-4111-8111-111111111111",
  email: "alex@example.com",
  name: "Alex Meyer",
  groups: ["Agents"],
};
export const COLLEAGUE: Agent = {
  agent_id: "22222222-2222-4222-8222-222222222222",
  email: "sam@example.com",
  name: "Sam Rivera",
  groups: ["Supervisors"],
};

/** An hour: no test waits for a poll, it asks for one. */
const NEVER_MS = 3_600_000;

/** Draws a part of the signed-in workbench at `path`. */
export function renderDesk(element: ReactNode, path = "/", me = ME) {
  const location = memoryLocation({ path, record: true });
  const [pathname = "/", search = ""] = path.split("?");
  location.navigate(pathname + (search === "" ? "" : `?${search}`), { replace: true });
  const tokens = { token: async () => "token", refreshed: async () => undefined, refused: () => undefined };
  const desk = { api: createApi("", tokens), me, pollMs: NEVER_MS };
  const queries = createQueries(NEVER_MS);
  const view = render(
    <QueryClientProvider client={queries}>
      <DeskContext value={desk}>
        <Router hook={location.hook} searchHook={location.searchHook}>
          {element}
        </Router>
      </DeskContext>
    </QueryClientProvider>,
  );
  return { ...view, queries, location };
}
