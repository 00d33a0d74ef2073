import { useSyncExternalStore } from "react";
import type { Api } from "../../../api/client.ts";
import type { NamedFile } from "../../../api/types.ts";
import { unfit, upload } from "./upload.ts";

/** Files a message may have. */
export const MAX_FILES = 20;
/** Files on their way at the same time. */
const AT_ONCE = 3;

/** A file beside what is being written. */
export interface PendingFile {
  readonly key: string;
  readonly name: string;
  /** Bytes; none when only its name is known any more. */
  readonly size: number | null;
  readonly state: "waiting" | "sending" | "there" | "failed";
  /** The part that is there, from 0 to 1. */
  readonly part: number;
  /** By this a message names it, once it is there. */
  readonly attachment_id: string | null;
  /** Why it is not there, or why the desk refused it. */
  readonly problem: string | null;
  /** Whether another try may help. */
  readonly again: boolean;
}

interface Source {
  readonly api: Api;
  readonly ticketId: string;
  readonly file: File;
  readonly stop: AbortController;
}

const NONE: readonly PendingFile[] = [];
/** The files of each draft, also while another ticket is looked at; a reload forgets them. */
const drafts = new Map<string, readonly PendingFile[]>();
const sources = new Map<string, Source>();
const listeners = new Set<() => void>();
let underWay = 0;

function keep(draft: string, files: readonly PendingFile[]): void {
  if (files.length === 0) drafts.delete(draft);
  else drafts.set(draft, files);
  for (const listener of listeners) listener();
}

function change(draft: string, key: string, change: Partial<PendingFile>): void {
  keep(
    draft,
    filesOfDraft(draft).map((file) => (file.key === key ? { ...file, ...change } : file)),
  );
}

function filesOfDraft(draft: string): readonly PendingFile[] {
  return drafts.get(draft) ?? NONE;
}

/** The files of a draft. */
export function usePendingFiles(draft: string): readonly PendingFile[] {
  return useSyncExternalStore(subscribe, () => filesOfDraft(draft));
}

/** Adds files to a draft and begins to upload them. Returns how many a message has no room for. */
export function addFiles(draft: string, api: Api, ticketId: string, chosen: readonly File[]): number {
  const known = filesOfDraft(draft);
  const fitting = chosen.slice(0, Math.max(0, MAX_FILES - known.length));
  const added = fitting.map((file): PendingFile => {
    const key = crypto.randomUUID();
    const problem = unfit(file);
    if (problem === null) sources.set(key, { api, ticketId, file, stop: new AbortController() });
    return {
      key,
      name: file.name,
      size: file.size,
      state: problem === null ? "waiting" : "failed",
      part: 0,
      attachment_id: null,
      problem,
      again: false,
    };
  });
  keep(draft, [...known, ...added]);
  startNext();
  return chosen.length - fitting.length;
}

/** Puts files that are there already back beside a draft, each with what the desk said against it. */
export function putBackFiles(
  draft: string,
  files: readonly NamedFile[],
  problems: Readonly<Record<number, string>> = {},
): void {
  const back = files.map(
    ({ attachment_id, name }, index): PendingFile => ({
      key: crypto.randomUUID(),
      name,
      size: null,
      state: "there",
      part: 1,
      attachment_id,
      problem: problems[index] ?? null,
      again: false,
    }),
  );
  keep(draft, [...back, ...filesOfDraft(draft)]);
}

/** Takes a file away, and stops it when it is on its way. */
export function removeFile(draft: string, key: string): void {
  sources.get(key)?.stop.abort();
  sources.delete(key);
  keep(
    draft,
    filesOfDraft(draft).filter((file) => file.key !== key),
  );
}

/** Begins anew with a file that failed. */
export function retryFile(draft: string, key: string): void {
  change(draft, key, { state: "waiting", part: 0, problem: null, again: false });
  startNext();
}

/** The files of a draft as a message names them; the draft has none afterwards. */
export function takeFiles(draft: string): NamedFile[] {
  const named = filesOfDraft(draft).flatMap(({ attachment_id, name }) =>
    attachment_id === null ? [] : [{ attachment_id, name }],
  );
  keep(draft, []);
  return named;
}

function startNext(): void {
  for (const [draft, files] of drafts) {
    for (const file of files) {
      if (underWay >= AT_ONCE) return;
      const source = sources.get(file.key);
      if (file.state === "waiting" && source !== undefined) void send(draft, file.key, source);
    }
  }
}

async function send(draft: string, key: string, source: Source): Promise<void> {
  underWay += 1;
  change(draft, key, { state: "sending" });
  try {
    const told = (part: number) => change(draft, key, { part });
    const attachment_id = await upload(source.api, source.ticketId, source.file, told, source.stop.signal);
    sources.delete(key);
    change(draft, key, { state: "there", part: 1, attachment_id });
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    change(draft, key, { state: "failed", problem, again: true });
  } finally {
    underWay -= 1;
    startNext();
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
