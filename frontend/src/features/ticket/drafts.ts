import { useCallback, useSyncExternalStore } from "react";
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

/** Texts of this page's life, also when storage is switched off. */
const texts = new Map<string, string>();
const listeners = new Set<() => void>();

function textOf(key: string): string {
  const known = texts.get(key);
  if (known !== undefined) return known;
  const text = parse(readText(key))?.text ?? "";
  texts.set(key, text);
  return text;
}

function setText(key: string, text: string): void {
  texts.set(key, text);
  writeText(key, text === "" ? null : JSON.stringify({ text, at: Date.now() } satisfies Draft));
  for (const listener of listeners) listener();
}

/**
 * What an agent has begun to write on a ticket: one draft for replies and one for notes, each kept over
 * reloads and sign-ins.
 */
export function useDraft(agent: string, ticket: string, visibility: Visibility) {
  const key = draftKey(agent, ticket, visibility);
  const text = useSyncExternalStore(subscribe, () => textOf(key));
  return [text, useCallback((text: string) => setText(key, text), [key])] as const;
}

/** Puts text before what a draft has already, as when a message is taken back to be edited. */
export function prependToDraft(agent: string, ticket: string, visibility: Visibility, text: string): void {
  const key = draftKey(agent, ticket, visibility);
  const begun = textOf(key);
  setText(key, begun === "" ? text : `${text}\n${begun}`);
}

/** The name of a draft. */
export function draftKey(agent: string, ticket: string, visibility: Visibility): string {
  return `${PREFIX}${agent}.${ticket}.${visibility}`;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Forgets drafts nobody came back to. `now` in milliseconds since the epoch. */
export function forgetOldDrafts(now: number): void {
  for (const key of keysOf(PREFIX)) {
    const draft = parse(readText(key));
    if (draft === null || now - draft.at > KEPT_DAYS * DAY_MS) writeText(key, null);
  }
}
