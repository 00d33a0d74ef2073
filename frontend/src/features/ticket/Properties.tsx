import { useDesk } from "../../api/context.ts";
import {
  PRIORITIES,
  PRIORITY_NAMES,
  type Priority,
  STATUS_NAMES,
  type Status,
  type Ticket,
  type TicketChange,
} from "../../api/types.ts";
import { Select } from "../../ui/Field.tsx";
import { agentName, useAgents } from "../agents.ts";
import styles from "./Properties.module.css";
import { Tags } from "./Tags.tsx";

/** The status each action leads to. */
const MOVES: Readonly<Record<string, Status>> = {
  open: "open",
  reopen: "open",
  pend: "pending_customer",
  resolve: "resolved",
  close: "closed",
};

interface Props {
  ticket: Ticket;
  /** What was asked for and not answered yet. */
  asked: TicketChange | null;
  onChange: (change: TicketChange) => void;
}

/** Status, priority, assignee and tags; what can be chosen is what the API says may be done. */
export function Properties({ ticket, asked, onChange }: Props) {
  const { me } = useDesk();
  const agents = useAgents();
  const shown = { ...ticket, ...asked };
  const may = (action: string) => ticket.actions.includes(action);
  const statuses = ticket.actions.flatMap((action) => MOVES[action] ?? []);
  const assigned = shown.assigned_agent_id ?? null;
  const known = agents.some((agent) => agent.agent_id === assigned);
  return (
    <div className={styles.properties}>
      <Select
        label="Status"
        value={shown.status}
        disabled={statuses.length === 0}
        onChange={(event) => onChange({ status: event.target.value as Status })}
      >
        {[...new Set([ticket.status, shown.status, ...statuses])].map((status) => (
          <option key={status} value={status}>
            {STATUS_NAMES[status]}
          </option>
        ))}
      </Select>
      <Select
        label="Priority"
        value={shown.priority}
        disabled={!may("update")}
        onChange={(event) => onChange({ priority: event.target.value as Priority })}
      >
        {PRIORITIES.map((priority) => (
          <option key={priority} value={priority}>
            {PRIORITY_NAMES[priority]}
          </option>
        ))}
      </Select>
      <Select
        label="Assignee"
        value={assigned ?? ""}
        disabled={!may("assign")}
        onChange={(event) => onChange({ assigned_agent_id: event.target.value || null })}
      >
        <option value="">Nobody</option>
        {assigned !== null && !known && <option value={assigned}>{agentName(agents, assigned)}</option>}
        {agents.map((agent) => (
          <option key={agent.agent_id} value={agent.agent_id}>
            {agentName(agents, agent.agent_id)}
            {agent.agent_id === me.agent_id ? " (you)" : ""}
          </option>
        ))}
      </Select>
      <Tags tags={shown.tags ?? []} disabled={!may("update")} onChange={(tags) => onChange({ tags })} />
    </div>
  );
}
