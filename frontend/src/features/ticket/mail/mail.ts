import type { Message } from "../../../api/types.ts";

/** Somebody as a mail names them. */
export interface Mailbox {
  readonly address: string;
  readonly name: string | null;
}

/** Who a mail says it is from, when that is not the ticket's customer. */
export function participantOf(message: Message): Mailbox | null {
  const { participant, from } = message.channel_specific_data;
  return participant === true ? mailboxOf(from) : null;
}

/** An address and the name beside it, if `value` is one. */
export function mailboxOf(value: unknown): Mailbox | null {
  if (typeof value !== "object" || value === null) return null;
  const { address, name } = value as Record<string, unknown>;
  if (typeof address !== "string") return null;
  return { address, name: typeof name === "string" && name !== "" ? name : null };
}

/** What is a mailbox in `value`. */
export function mailboxesOf(value: unknown): readonly Mailbox[] {
  return (Array.isArray(value) ? value : []).map(mailboxOf).filter((one) => one !== null);
}

/** A mailbox in one line. */
export function written({ name, address }: Mailbox): string {
  return name === null ? address : `${name} <${address}>`;
}
