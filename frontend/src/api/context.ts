import { createContext, use } from "react";
import type { Api } from "./client.ts";
import type { Agent } from "./types.ts";

/** What every page of a signed-in agent may use. */
export interface Desk {
  readonly api: Api;
  readonly me: Agent;
  readonly pollMs: number;
}

export const DeskContext = createContext<Desk | null>(null);

/** The desk. Only within a signed-in page. */
export function useDesk(): Desk {
  const desk = use(DeskContext);
  if (desk === null) throw new Error("useDesk is for signed-in pages");
  return desk;
}
