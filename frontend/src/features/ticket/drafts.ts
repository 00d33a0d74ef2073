import { useCallback, useState } from "react";
import type { Visibility } from "../../api/types.ts";
import { keysOf, readText, writeText } from "./storage.ts";

const PREFIX = "tributary.draft.";
/** Days after which a draft nobody came back to is forgotten. */
const KEPT_DAYS = 14;
const DAY_MS = 86_400_000;

interface Draft {
  readonly text: string;
  readonly at: number;
}

function parse(json: string | null): Draft | null {
  if (json === null) return null;
  try {
    const draft: unknown = JSON.parse(json);
    const { text, at } = draft as Partial<Draft>;
    return typeof text === "string" && typeof at === "number" ? { text, at } : null;
  } catch {
    return null;
  }
}

/** What an agent has begun to write on a ticket, one draft for replies and one for notes. */
export function useDraft(agent: string, ticket: string, visibility: Visibility) {
  const key = `${PREFIX}${agent}.${ticket}.${visibility}`;
  const [state, setState] = useState({ key, text: parse(readText(key))?.text ?? "" });
  const text = state.key === key ? state.text : (parse(readText(key))?.text ?? "");
  const setText = useCallback(
    (text: string) => {
      setState({ key, text });
      writeText(key, text === "" ? null : JSON.stringify({ text, at: Date.now() } satisfies Draft));
    },
    [key],
  );
  return [text, setText] as const;
}

/** Forgets drafts nobody came back to. `now` in milliseconds since the epoch. */
export function forgetOldDrafts(now: number): void {
  for (const key of keysOf(PREFIX)) {
    const draft = parse(readText(key));
    if (draft === null || now - draft.at > KEPT_DAYS * DAY_MS) writeText(key, null);
  }
}
