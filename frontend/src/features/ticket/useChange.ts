import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useDesk } from "../../api/context.ts";
import { asProblem, Problem } from "../../api/problem.ts";
import type { TicketChange } from "../../api/types.ts";
import { type Known, keepTicket, ticketKey } from "./useTicket.ts";

/** A change the desk did not make. */
export interface Refused {
  readonly change: TicketChange;
  readonly problem: Problem;
  /** Names of what somebody else changed meanwhile, empty when that is not the reason. */
  readonly meanwhile: readonly string[];
}

/**
 * Changes a ticket, one change after the other, each against the version the agent saw. `shown` is what was
 * asked for and not answered yet; `refused` the last change that was not made.
 */
export function useChange(id: string) {
  const { api } = useDesk();
  const queries = useQueryClient();
  const [refused, setRefused] = useState<Refused | null>(null);
  const mutation = useMutation({
    scope: { id: `change ${id}` },
    mutationFn: async ({ change, force }: { change: TicketChange; force: boolean }) => {
      const version = queries.getQueryData<Known>(ticketKey(id))?.ticket.version;
      const headers = force || version === undefined ? {} : { "If-Match": `"${version}"` };
      const { data } = await api.PUT("/api/tickets/{id}", {
        params: { path: { id } },
        body: change,
        headers,
      });
      return data;
    },
    onSuccess: (ticket) => {
      setRefused(null);
      if (ticket !== undefined) keepTicket(queries, ticket);
    },
    onError: async (error, { change }) => {
      const problem = asProblem(error);
      await queries.refetchQueries({ queryKey: ticketKey(id) });
      setRefused({ change, problem, meanwhile: problem instanceof Problem ? problem.words("changed") : [] });
    },
  });
  return {
    change: (change: TicketChange) => mutation.mutate({ change, force: false }),
    /** Makes the refused change after all. */
    insist: () => refused !== null && mutation.mutate({ change: refused.change, force: true }),
    dismiss: () => setRefused(null),
    shown: mutation.isPending ? mutation.variables.change : null,
    refused,
  };
}
