import { CHANNELS, type Channel, PRIORITIES, type Priority, STATUSES, type Status } from "../../api/types.ts";

/** What the list is filtered by; absent parts filter nothing. */
export interface Filters {
  readonly status: readonly Status[];
  readonly channel: readonly Channel[];
  readonly priority: readonly Priority[];
  /** `me`, `none` or an agent's id. */
  readonly assigned: string;
  readonly tag: string;
  readonly q: string;
}

/** What an agent comes to do: everything that waits for the desk. */
const DEFAULT_STATUS: readonly Status[] = ["new", "open"];

/** Reads filters from the search part of an address. What is not understood filters nothing. */
export function parseFilters(search: string): Filters {
  const params = new URLSearchParams(search);
  const words = <T extends string>(name: string, all: readonly T[]): T[] =>
    all.filter((word) => (params.get(name) ?? "").split(",").includes(word));
  return {
    status: params.has("status") ? words("status", STATUSES) : DEFAULT_STATUS,
    channel: words("channel", CHANNELS),
    priority: words("priority", PRIORITIES),
    assigned: params.get("assigned") ?? "",
    tag: params.get("tag") ?? "",
    q: params.get("q") ?? "",
  };
}

/** The search part of the address of filters, without `?`; parseFilters reads it back. */
export function filtersToSearch(filters: Filters): string {
  const params = new URLSearchParams();
  if (filters.status.join() !== DEFAULT_STATUS.join())
    params.set("status", filters.status.join(",") || "all");
  if (filters.channel.length > 0) params.set("channel", filters.channel.join(","));
  if (filters.priority.length > 0) params.set("priority", filters.priority.join(","));
  if (filters.assigned !== "") params.set("assigned", filters.assigned);
  if (filters.tag !== "") params.set("tag", filters.tag);
  if (filters.q !== "") params.set("q", filters.q);
  return params.toString().replaceAll("%2C", ",");
}

/** The address of a page with these filters. */
export function withFilters(path: string, filters: Filters): string {
  const search = filtersToSearch(filters);
  return search === "" ? path : `${path}?${search}`;
}

/** The filters as the API takes them. */
export function filtersToQuery(filters: Filters): Record<string, string> {
  const query: Record<string, string> = {};
  if (filters.status.length > 0) query.status = filters.status.join(",");
  if (filters.channel.length > 0) query.channel = filters.channel.join(",");
  if (filters.priority.length > 0) query.priority = filters.priority.join(",");
  if (filters.assigned !== "") query.assigned_agent_id = filters.assigned;
  if (filters.tag !== "") query.tag = filters.tag;
  if (filters.q.trim() !== "") query.q = filters.q.trim();
  return query;
}

/** The lists most work is done from. */
export const VIEWS: readonly { name: string; filters: Pick<Filters, "status" | "assigned"> }[] = [
  { name: "To do", filters: { status: DEFAULT_STATUS, assigned: "" } },
  { name: "Mine", filters: { status: DEFAULT_STATUS, assigned: "me" } },
  { name: "Unassigned", filters: { status: DEFAULT_STATUS, assigned: "none" } },
  { name: "Waiting for customer", filters: { status: ["pending_customer"], assigned: "" } },
  { name: "Resolved", filters: { status: ["resolved"], assigned: "" } },
  { name: "Closed", filters: { status: ["closed"], assigned: "" } },
  { name: "All", filters: { status: [], assigned: "" } },
];
