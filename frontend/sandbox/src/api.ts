/** A channel that can be written on, and what its platform is made to do. */
export interface Channel {
  readonly channel: ChannelName;
  readonly account_id: string;
  readonly label: string;
  /** Whether the provider is played here; else a real one, or another double, is set in the environment. */
  readonly played: boolean;
  readonly webhook: string;
  readonly fault: Fault;
  readonly delivery: "immediate" | "held";
  readonly receipts: "none" | "delivered" | "read";
  /** What its customers and platform can do. */
  readonly kinds: readonly Kind[];
}

export type Kind = keyof typeof KINDS;

/** What people call them. */
export const KINDS = {
  text: "Text",
  image: "Picture",
  audio: "Voice message",
  video: "Video",
  file: "File",
  sticker: "Sticker",
  location: "Location",
  contact: "Contact",
  button: "Button pressed",
  form: "Form filled in",
  order: "Order",
  product: "Asked about a product",
  link: "Link",
  reel: "Shared reel",
  story_reply: "Reply to our story",
  story_mention: "Mention in a story",
  ad: "Came from an ad",
  reaction: "Reaction to the last",
  unreaction: "Reaction taken back",
  edit: "Edit of their last",
  unsend: "Their last taken back",
  unsupported: "Unsupported",
  external: "We answer elsewhere",
  handover: "Passed to another app",
  new_number: "New number",
  encrypted: "Encrypted chat",
  revoked: "Account blocked",
  html: "Formatted mail",
  parsed: "Mail in an old charset",
  reply_gmail: "Answer from Gmail",
  reply_outlook: "Answer from Outlook",
  reply_apple: "Answer from Apple Mail",
  stranger: "A stranger answers",
  auto_reply: "Automatic answer",
  bounce: "Our last mail comes back",
} as const;

export type ChannelName = "whatsapp" | "facebook" | "instagram" | "twitter" | "web_chat" | "email";
export type FaultKind =
  | "none"
  | "slow"
  | "server_error"
  | "rate_limited"
  | "window_closed"
  | "token_expired"
  | "answer_lost"
  | "bounced";

export interface Fault {
  readonly kind: FaultKind;
  readonly seconds?: number;
  readonly times?: number;
}

export interface Customer {
  readonly id: string;
  readonly channel: ChannelName;
  readonly name: string;
  readonly platform_id: string;
  readonly email: string | null;
}

/** One attempt to post a message to the webhook. */
export interface DeliveryAttempt {
  readonly at: string;
  readonly status: number | null;
  readonly answer: unknown;
  readonly body: string;
  readonly signature_header: string;
}

export interface Message {
  readonly id: string;
  readonly customer_id: string;
  readonly direction: "in" | "out";
  readonly kind: Kind;
  readonly text: string;
  readonly at: string;
  readonly platform_message_id: string;
  readonly state: "held" | "refused" | "accepted" | "delivered" | "read";
  readonly deliveries: readonly DeliveryAttempt[];
  readonly via: string;
  readonly subject: string | null;
}

/** Whether what the desk answers goes out by mail, as the sandbox has it. */
export const isAnsweredByMail = (channel: ChannelName) => channel === "web_chat" || channel === "email";

/** A call of the desk to a provider. */
export interface Call {
  readonly id: string;
  readonly at: string;
  readonly provider: "whatsapp" | "facebook" | "instagram" | "twitter" | "sendgrid";
  readonly outcome: "accepted" | "refused" | "unanswered";
  readonly status: number | null;
  readonly note: string;
}

export interface State {
  readonly channels: readonly Channel[];
  readonly customers: readonly Customer[];
  readonly messages: readonly Message[];
  readonly held: readonly string[];
  readonly calls: readonly Call[];
}

/** Who can sign in to the workbench of this stack. */
export interface LocalInfo {
  readonly workbench_url: string;
  readonly agent: { readonly email: string; readonly password: string };
}

const BASE = "/sandbox/api";

let known: { tag: string; state: State } | null = null;

/** The whole state; the very same object as long as nothing has changed. */
export async function readState(signal?: AbortSignal): Promise<State> {
  const headers: Record<string, string> = known === null ? {} : { "If-None-Match": known.tag };
  const response = await fetch(`${BASE}/state`, { headers, signal: signal ?? null });
  if (response.status === 304 && known !== null) return known.state;
  const state = (await answer(response)) as State;
  const tag = response.headers.get("ETag");
  known = tag === null ? null : { tag, state };
  return state;
}

/** The addresses and sign-ins of this stack. */
export async function readInfo(): Promise<LocalInfo> {
  return (await answer(await fetch("/local/info"))) as LocalInfo;
}

/** Does something; a refusal is thrown as its sentence. */
export async function act(method: "POST" | "PUT", path: string, body: unknown = {}): Promise<unknown> {
  const headers = { "Content-Type": "application/json" };
  return answer(await fetch(BASE + path, { method, headers, body: JSON.stringify(body) }));
}

async function answer(response: Response): Promise<unknown> {
  const body: unknown = response.status === 204 ? null : await response.json().catch(() => null);
  if (response.ok) return body;
  const detail = (body as { detail?: unknown } | null)?.detail;
  throw new Error(typeof detail === "string" ? detail : `The sandbox answered ${response.status}.`);
}
