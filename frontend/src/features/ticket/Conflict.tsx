import { type Agent, PRIORITY_NAMES, STATUS_NAMES, type Ticket, type TicketChange } from "../../api/types.ts";
import { Banner } from "../../ui/Banner.tsx";
import { Button } from "../../ui/Button.tsx";
import { agentName } from "../agents.ts";
import type { Refused } from "./useChange.ts";

const NAMES: Readonly<Record<string, string>> = {
  status: "status",
  priority: "priority",
  assigned_agent_id: "assignee",
  tags: "tags",
  subject: "subject",
};

interface Props {
  refused: Refused;
  ticket: Ticket;
  agents: readonly Agent[];
  onInsist: () => void;
  onDismiss: () => void;
}

/** A change that was not made: why, what holds now, and the choice to make it after all. */
export function Conflict({ refused, ticket, agents, onInsist, onDismiss }: Props) {
  const { change, meanwhile, problem } = refused;
  if (meanwhile.length === 0) {
    return (
      <Banner
        tone="danger"
        actions={
          <Button small look="quiet" onClick={onDismiss}>
            Dismiss
          </Button>
        }
      >
        Not changed. {problem.message}
      </Banner>
    );
  }
  const now = meanwhile
    .map((field) => `${NAMES[field] ?? field} is now ${inWords(ticket, field, agents)}`)
    .join(", ");
  const wanted = Object.keys(change)
    .map((field) => `${NAMES[field] ?? field} ${inWords({ ...ticket, ...change }, field, agents)}`)
    .join(", ");
  return (
    <Banner
      tone="warning"
      actions={
        <>
          <Button small onClick={onInsist}>
            Change it anyway
          </Button>
          <Button small look="quiet" onClick={onDismiss}>
            Leave it
          </Button>
        </>
      }
    >
      Somebody else changed this ticket meanwhile: {now}. You wanted {wanted}.
    </Banner>
  );
}

function inWords(ticket: Partial<Ticket> & TicketChange, field: string, agents: readonly Agent[]): string {
  switch (field) {
    case "status":
      return ticket.status === undefined ? "" : STATUS_NAMES[ticket.status];
    case "priority":
      return ticket.priority === undefined ? "" : PRIORITY_NAMES[ticket.priority];
    case "assigned_agent_id":
      return agentName(agents, ticket.assigned_agent_id ?? null);
    case "tags":
      return ticket.tags?.join(", ") || "none";
    default:
      return `“${ticket.subject ?? ""}”`;
  }
}
