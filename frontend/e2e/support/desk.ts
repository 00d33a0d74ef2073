import { signInByApi } from "./cognito.ts";
import type { Info, Person } from "./stack.ts";

export interface TicketData {
  ticket_id: string;
  status: string;
  priority: string;
  assigned_agent_id: string | null;
  customer: { name: string | null };
  timeline: {
    content: string;
    sender_type: string;
    visibility: string;
    delivery: { state: string } | null;
  }[];
}

/** The desk's API as one agent uses it. */
export class Desk {
  private constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  static async of(info: Info, person: Person): Promise<Desk> {
    return new Desk(info.api_url, (await signInByApi(info, person)).AccessToken);
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(this.url + path, {
      method,
      headers: { Authorization: `Bearer ${this.token}`, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok)
      throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  me(): Promise<{ agent_id: string }> {
    return this.call("GET", "/api/me");
  }

  /** The newest ticket of a customer, by a name no other test uses. */
  async ticketOf(number: string): Promise<TicketData> {
    const { tickets } = await this.call<{ tickets: TicketData[] }>("GET", `/api/tickets?q=${number}`);
    const first = tickets[0];
    if (first === undefined) throw new Error(`There is no ticket of ${number}`);
    return this.call("GET", `/api/tickets/${first.ticket_id}`);
  }
}
