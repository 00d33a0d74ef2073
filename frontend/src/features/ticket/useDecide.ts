import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useDesk } from "../../api/context.ts";
import { asProblem } from "../../api/problem.ts";
import type { Decision } from "./delivery.ts";
import { keepTicket, ticketKey } from "./useTicket.ts";

/** Decides about a message on its way out. Whatever is refused is told in a sentence, beside the ticket as it is now. */
export function useDecide(ticketId: string, messageId: string) {
  const { api } = useDesk();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);

  /** Whether it was done. */
  const decide = async (decision: Decision): Promise<boolean> => {
    if (busy) return false;
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
      return true;
    } catch (error) {
      const problem = asProblem(error);
      setRefused(problem.message);
      if (!problem.passing) await queries.refetchQueries({ queryKey: ticketKey(ticketId) });
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { decide, busy, refused };
}
