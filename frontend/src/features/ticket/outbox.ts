import type { ChosenTemplate, NamedFile, Visibility } from "../../api/types.ts";
import { readText, writeText } from "./storage.ts";

/** What an agent has sent and the desk has not confirmed yet. */
export interface Outgoing {
  /** Makes a repetition safe: the desk does nothing twice for it. */
  readonly client_message_id: string;
  readonly ticket_id: string;
  /** The text; of a template what it says, which is only shown here. */
  readonly content: string;
  readonly attachments?: readonly NamedFile[];
  readonly template?: ChosenTemplate | null;
  readonly visibility: Visibility;
  readonly created_at: string;
  /** Why the desk refused it, none while it is being tried. */
  readonly refused: string | null;
  /** What the desk said against single files, by their places. */
  readonly refused_files?: Readonly<Record<number, string>>;
}

/** The store of one agent's outgoing messages, kept over reloads and shared by tabs. */
export interface Outbox {
  all(): readonly Outgoing[];
  add(message: Outgoing): void;
  refuse(id: string, sentence: string, files: Readonly<Record<number, string>>): void;
  remove(id: string): void;
  subscribe(listener: () => void): () => void;
}

/** Opens the outbox of an agent. */
export function openOutbox(agent: string): Outbox {
  const key = `tributary.outbox.${agent}`;
  const listeners = new Set<() => void>();
  let messages = parse(readText(key));
  const tell = () => {
    for (const listener of listeners) listener();
  };
  const keep = (changed: readonly Outgoing[]) => {
    messages = changed;
    writeText(key, changed.length === 0 ? null : JSON.stringify(changed));
    tell();
  };
  const onStorage = (event: StorageEvent) => {
    if (event.key !== key) return;
    messages = parse(event.newValue);
    tell();
  };
  return {
    all: () => messages,
    add: (message) => keep([...messages, message]),
    refuse: (id, sentence, files) =>
      keep(
        messages.map((message) =>
          message.client_message_id === id
            ? { ...message, refused: sentence, refused_files: files }
            : message,
        ),
      ),
    remove: (id) => keep(messages.filter((message) => message.client_message_id !== id)),
    subscribe: (listener) => {
      if (listeners.size === 0) window.addEventListener("storage", onStorage);
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) window.removeEventListener("storage", onStorage);
      };
    },
  };
}

function parse(json: string | null): readonly Outgoing[] {
  if (json === null) return [];
  try {
    const messages: unknown = JSON.parse(json);
    return Array.isArray(messages) ? messages.filter(isOutgoing) : [];
  } catch {
    return [];
  }
}

function isOutgoing(value: unknown): value is Outgoing {
  const message = value as Partial<Outgoing> | null;
  return (
    typeof message?.client_message_id === "string" &&
    typeof message.ticket_id === "string" &&
    typeof message.content === "string" &&
    (message.visibility === "public" || message.visibility === "internal")
  );
}
