import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { type Desk, useDesk } from "../../api/context.ts";
import { asProblem, type Problem } from "../../api/problem.ts";
import { forgetOldDrafts } from "./drafts.ts";
import { type Outbox, type Outgoing, openOutbox } from "./outbox.ts";
import { noteSent } from "./undo.ts";
import { keepTicket, ticketKey, whileHandingOver } from "./useTicket.ts";

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

const open = new Map<string, Outbox>();

function outboxOf(desk: Desk): Outbox {
  const id = desk.me.agent_id;
  const known = open.get(id);
  if (known !== undefined) return known;
  const outbox = openOutbox(id);
  open.set(id, outbox);
  return outbox;
}

/** The outgoing messages of a ticket, oldest first, and how to add and take back. */
export function useOutgoing(ticketId: string) {
  const outbox = outboxOf(useDesk());
  const all = useSyncExternalStore(outbox.subscribe, outbox.all);
  return {
    messages: useMemo(() => all.filter((message) => message.ticket_id === ticketId), [all, ticketId]),
    send: (message: Pick<Outgoing, "content" | "visibility" | "attachments" | "template">) =>
      outbox.add({
        ...message,
        ticket_id: ticketId,
        client_message_id: crypto.randomUUID(),
        created_at: new Date().toISOString(),
        refused: null,
      }),
    discard: outbox.remove,
  };
}

/**
 * Sends what is in the outbox as long as somebody is signed in, one after the other, again and again until the
 * desk has answered. The client_message_id makes a repetition harmless, also after a reload or a new sign-in.
 */
export function useOutboxSender(): void {
  const desk = useDesk();
  const queries = useQueryClient();
  useEffect(() => {
    forgetOldDrafts(Date.now());
    return startSending(desk, queries, outboxOf(desk));
  }, [desk, queries]);
}

function startSending({ api, me }: Desk, queries: QueryClient, outbox: Outbox): () => void {
  let stopped = false;
  let busy = false;
  let wait = FIRST_WAIT_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const run = async () => {
    if (busy || stopped) return;
    busy = true;
    clearTimeout(timer);
    for (let next = waiting(outbox); next !== undefined && !stopped; next = waiting(outbox)) {
      if (!(await attempt(next))) break;
    }
    busy = false;
  };

  /** Whether there is an answer, so that the next one can go. */
  const attempt = async (message: Outgoing): Promise<boolean> => {
    const { ticket_id: id, client_message_id, visibility } = message;
    try {
      await whileHandingOver(queries, id, async () => {
        const { data } = await api.POST("/api/tickets/{id}/message", {
          params: { path: { id } },
          body: { ...said(message), visibility, client_message_id },
        });
        if (data !== undefined) {
          keepTicket(queries, data);
          if (visibility === "public") noteSent(data, me.agent_id, message.attachments ?? [], Date.now());
        }
        outbox.remove(client_message_id);
      });
    } catch (error) {
      const problem = asProblem(error);
      if (problem.code === "unauthenticated") return false;
      if (problem.passing) {
        timer = setTimeout(run, wait * (0.5 + Math.random() / 2));
        wait = Math.min(wait * 2, LONGEST_WAIT_MS);
        return false;
      }
      const { sentence, files } = refusal(problem, message);
      outbox.refuse(client_message_id, sentence, files);
      // The platform's window has closed, which the page does not know yet.
      if (problem.status === 409) void queries.invalidateQueries({ queryKey: ticketKey(id) });
    }
    wait = FIRST_WAIT_MS;
    return true;
  };

  const stop = outbox.subscribe(() => void run());
  void run();
  return () => {
    stopped = true;
    stop();
    clearTimeout(timer);
  };
}

/** What a message says, as the API takes it. */
function said({ content, attachments = [], template }: Outgoing) {
  if (template != null) return { template };
  return attachments.length === 0 ? { content } : { content, attachments: [...attachments] };
}

/** Why a message was refused: as a whole, and what is wrong with which of its files. */
function refusal(problem: Problem, { attachments = [] }: Outgoing) {
  const files: Record<number, string> = {};
  for (const { pointer, detail } of problem.fields()) {
    const index = /^\/attachments\/(\d+)/.exec(pointer)?.[1];
    if (index !== undefined && attachments[Number(index)] !== undefined) files[Number(index)] = detail;
  }
  const sentence =
    Object.keys(files).length === 0
      ? problem.message
      : "A file cannot be sent. Take it away, or choose another.";
  return { sentence, files };
}

function waiting(outbox: Outbox): Outgoing | undefined {
  return outbox.all().find((message) => message.refused === null);
}
