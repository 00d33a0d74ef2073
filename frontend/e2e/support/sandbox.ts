/** The sandbox's API, for what a test plays beside the page. */
export class SandboxApi {
  constructor(private readonly url: string) {}

  private async call<T>(method: string, path: string, body: unknown): Promise<T> {
    const response = await fetch(`${this.url}/sandbox/api${path}`, {
      method,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok)
      throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return (response.status === 204 ? null : await response.json()) as T;
  }

  /** Somebody whom no other test knows. */
  newCustomer(
    channel: string,
    name: string,
    email?: string,
  ): Promise<{ id: string; name: string; platform_id: string }> {
    return this.call("POST", "/customers", { channel, name, ...(email === undefined ? {} : { email }) });
  }

  write(customer: { id: string }, text: string): Promise<{ id: string }> {
    return this.call("POST", `/customers/${customer.id}/messages`, { text });
  }

  /** Does what is not only words; what changes a message changes the latest. */
  send(customer: { id: string }, kind: string, text = ""): Promise<{ id: string }> {
    return this.call("POST", `/customers/${customer.id}/messages`, { kind, text });
  }

  /** Mails the desk something new. */
  mail(
    customer: { id: string },
    mail: { kind?: string; text?: string; subject?: string; html?: string },
  ): Promise<{ id: string }> {
    return this.call("POST", `/customers/${customer.id}/messages`, { kind: "html", ...mail });
  }

  /** What can be done on a channel. */
  async kinds(channel: string): Promise<string[]> {
    const response = await fetch(`${this.url}/sandbox/api/state`);
    const state = (await response.json()) as { channels: { channel: string; kinds: string[] }[] };
    return state.channels.find((one) => one.channel === channel)?.kinds ?? [];
  }

  redeliver(message: { id: string }): Promise<{ deliveries: { answer: { duplicates: number } }[] }> {
    return this.call("POST", `/messages/${message.id}/redeliver`, {});
  }

  set(channel: string, knobs: Record<string, unknown>): Promise<unknown> {
    return this.call("PUT", `/channels/${channel}`, knobs);
  }

  deliverHeld(order: string | string[]): Promise<unknown> {
    return this.call("POST", "/held/deliver", { order });
  }

  /** What a provider was called for, in words, oldest first. */
  async callsTo(provider: string): Promise<string[]> {
    const response = await fetch(`${this.url}/sandbox/api/state`);
    const state = (await response.json()) as { calls: { provider: string; note: string }[] };
    return state.calls.filter((call) => call.provider === provider).map(({ note }) => note);
  }

  /** What the providers took, as texts, for one person. */
  async sentTo(platformId: string): Promise<string[]> {
    const response = await fetch(`${this.url}/sandbox/api/state`);
    const state = (await response.json()) as {
      customers: { id: string; platform_id: string }[];
      messages: { customer_id: string; direction: string; text: string }[];
    };
    const ids = state.customers.filter((customer) => customer.platform_id === platformId).map(({ id }) => id);
    return state.messages
      .filter((message) => message.direction === "out" && ids.includes(message.customer_id))
      .map(({ text }) => text);
  }
}
