import type { components } from "./schema.d.ts";

type ProblemBody = components["schemas"]["Problem"];

/** A call that was refused or failed, in words for people. */
export class Problem extends Error {
  override readonly name = "Problem";
  /** Kebab-case and permanent; `unreachable` when there was no answer. */
  readonly code: string;
  /** The HTTP status, 0 when there was no answer. */
  readonly status: number;
  /** Whether the same call may succeed later by itself. */
  readonly passing: boolean;
  /** Members of this kind of problem, such as `allowed` or `changed`. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(status: number, body: Partial<ProblemBody>) {
    super(sentence(status, body));
    this.status = status;
    this.code = body.code ?? (status === 0 ? "unreachable" : `http-${status}`);
    this.passing = status === 0 || status === 429 || status >= 500;
    this.members = body;
  }

  /** The fields at fault, none when the call as a whole was. */
  fields(): readonly { pointer: string; detail: string }[] {
    const { errors } = this.members as Partial<ProblemBody>;
    return Array.isArray(errors) ? errors : [];
  }

  /** A member that is a list of words, empty when it is absent. */
  words(name: string): string[] {
    const value = this.members[name];
    return Array.isArray(value) ? value.filter((word): word is string => typeof word === "string") : [];
  }
}

const SENTENCES: Record<string, string> = {
  unreachable: "The desk cannot be reached. Check the connection.",
  unauthenticated: "Your session has ended. Sign in again.",
  forbidden: "You may not do this. Ask a supervisor.",
  "ticket-not-found": "There is no such ticket. It may have been merged or the link is wrong.",
  "customer-not-found": "There is no such customer.",
  "version-mismatch": "Somebody else changed this ticket meanwhile.",
  "status-move-not-allowed":
    "The status cannot be changed like this any more. Look at the ticket's present status.",
  "open-ticket-exists": "This customer has an open ticket already.",
  "delivery-stage": "This message has moved on meanwhile. Look at how it stands now.",
  "reply-window-closed": "The time in which the platform lets us answer is over.",
  "message-not-found": "There is no such message. It may have been merged into another ticket.",
  "account-not-found": "This account is not among the desk's any more.",
  "body-too-large": "This is too long. Shorten it.",
  "temporarily-unavailable": "The desk is busy for a moment. It is tried again.",
  "internal-error": "Something went wrong at the desk. Try again; if it stays so, tell an administrator.",
};

function sentence(status: number, body: Partial<ProblemBody>): string {
  const known = body.code === undefined ? undefined : SENTENCES[body.code];
  if (known !== undefined) return known;
  if (status === 0) return SENTENCES.unreachable ?? "";
  if (status === 429) return "That was too much at once. It is tried again in a moment.";
  const field = body.errors?.[0];
  if (field !== undefined) return `${field.pointer.replace(/^\//, "")}: ${field.detail}`;
  return (
    body.detail ??
    body.title ??
    (status >= 500 ? (SENTENCES["internal-error"] ?? "") : `The desk refused this (${status}).`)
  );
}

/** Whatever was thrown, as a problem. */
export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem(0, {});
}
