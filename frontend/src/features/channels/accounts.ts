import type { Account } from "../../api/types.ts";

/** How an account stands, for people. */
export type Standing = "stopped" | "paused" | "ok";

/** Whether an account sends, was paused by somebody, or stopped by itself. */
export function standingOf({ state, paused_by }: Account): Standing {
  if (state === "ok") return "ok";
  return paused_by === null ? "stopped" : "paused";
}

const ORDER: readonly Standing[] = ["stopped", "paused", "ok"];

/** What needs somebody first, else as the desk lists them. */
export function urgentFirst(accounts: readonly Account[]): Account[] {
  return [...accounts].sort((a, b) => ORDER.indexOf(standingOf(a)) - ORDER.indexOf(standingOf(b)));
}

/** By what an account is told from all others. */
export function accountKey({ channel, account_id }: Pick<Account, "channel" | "account_id">): string {
  return `${channel} ${account_id}`;
}
