import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useDesk } from "../../api/context.ts";
import { asProblem } from "../../api/problem.ts";
import { type Decision, isRestTakenBack } from "./delivery.ts";
import { keepTicket, ticketKey } from "./useTicket.ts";

/** What came of a decision; `in-part` is one that came too late for what the customer may have of the message. */
export type Decided = "done" | "in-part" | "refused";

/** Decides about a message on its way out. Whatever is refused is told in a sentence, beside the ticket as it is now. */
export function useDecide(ticketId: string, messageId: string) {
  const { api } = useDesk();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);

  const decide = async (decision: Decision): Promise<Decided> => {
    if (busy) return "refused";
    setBusy(true);
    setRefused(null);
    const params = { params: { path: { id: ticketId, message_id: messageId } } };
    try {
      const { data } = await (decision === "retry"
        ? api.POST("/api/tickets/{id}/message/{message_id}/retry", params)
        : decision === "discard"
          ? api.POST("/api/tickets/{id}/message/{message_id}/discard", params)
          : api.POST("/api/tickets/{id}/message/{message_id}/arrived", params));
      if (data !== undefined) keepTicket(queries, data);
      const message = data?.timeline.find(({ message_id }) => message_id === messageId);
      return decision === "discard" && message !== undefined && isRestTakenBack(message) ? "in-part" : "done";
    } catch (error) {
      const problem = asProblem(error);
      setRefused(problem.message);
      if (!problem.passing) await queries.refetchQueries({ queryKey: ticketKey(ticketId) });
      return "refused";
    } finally {
      setBusy(false);
    }
  };
  return { decide, busy, refused };
}
