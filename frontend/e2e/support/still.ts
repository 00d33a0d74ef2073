import type { Page } from "@playwright/test";
import type { TicketRow } from "../../src/api/types.ts";
import { makeList } from "../../src/test/builders.ts";
import { amplifyEntries } from "./cognito.ts";
import type { Info } from "./stack.ts";
import { ACCOUNTS } from "./still/channels.ts";
import { TICKET } from "./still/conversation.ts";
import { ROWS } from "./still/inbox.ts";
import { MAIL_TICKET } from "./still/mail.ts";
import { NOW } from "./still/moment.ts";
import { AGENT, AGENTS, CUSTOMER, MARA, MARAS_CARD, SUPERVISOR } from "./still/people.ts";
import { SENDING_TICKET, TEMPLATES } from "./still/sending.ts";

export { stillPhones } from "./still/phones.ts";

/** Where the still ticket of replies on their way is. */
export const STILL_SENDING = `/tickets/${SENDING_TICKET.ticket_id}`;
/** Where the still ticket of mails is. */
export const STILL_MAIL = `/tickets/${MAIL_TICKET.ticket_id}`;
/** Where the still ticket is. */
export const STILL_TICKET = `/tickets/${TICKET.ticket_id}`;

/** Makes the page see the still desk instead of the running one, signed in as its agent or its supervisor. */
export async function standStill(
  page: Page,
  info: Info,
  who: "agent" | "supervisor" = "agent",
): Promise<void> {
  const me = who === "agent" ? AGENT : SUPERVISOR;
  await page.clock.setFixedTime(NOW);
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const token = `${part({ alg: "none" })}.${part({ sub: me, username: me, exp: 4_102_444_800, iat: 1_700_000_000 })}.x`;
  const entries = amplifyEntries(info, { AccessToken: token, IdToken: token, RefreshToken: "still" });
  await page.addInitScript((entries) => {
    // Runs in frames too, of which some have no storage.
    if (window.top !== window) return;
    for (const [key, value] of Object.entries(entries)) sessionStorage.setItem(key, value);
  }, entries);
  const answers: [RegExp, unknown][] = [
    [/\/api\/me$/, AGENTS.find(({ agent_id }) => agent_id === me)],
    [/\/api\/agents$/, { agents: AGENTS }],
    [new RegExp(`/api/customers/${MARA.internal_id}$`), MARAS_CARD],
    [/\/api\/customers\/[^/]+$/, CUSTOMER],
    [
      /\/api\/customers\/[^/]+\/tickets/,
      makeList([
        {
          ...(ROWS[0] as TicketRow),
          ticket_id: "tkt_old",
          subject: "Change of address",
          status: "closed",
          updated_at: "2025-12-02T10:00:00.000Z",
        },
      ]),
    ],
    [/\/api\/tickets\?/, makeList(ROWS)],
    [/\/templates$/, { templates: TEMPLATES }],
    [/\/api\/channels$/, { channels: ACCOUNTS }],
    [new RegExp(`${SENDING_TICKET.ticket_id}$`), SENDING_TICKET],
    [new RegExp(`${MAIL_TICKET.ticket_id}$`), MAIL_TICKET],
    [/\/api\/tickets\/[^/]+$/, TICKET],
  ];
  await page.route("**/api/**", async (route) => {
    // The phones have their own answers, also while a page of them is still open.
    if (new URL(route.request().url()).pathname.startsWith("/sandbox/")) return route.fallback();
    const answer = answers.find(([path]) => path.test(route.request().url()));
    if (answer === undefined) await route.abort();
    else await route.fulfill({ json: answer[1] });
  });
}
