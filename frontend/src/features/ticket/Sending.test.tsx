import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { describe, expect, it } from "vitest";
import type { Message, Ticket } from "../../api/types.ts";
import { makeDelivery, makeMessage, makeTicket } from "../../test/builders.ts";
import { COLLEAGUE, ME, renderDesk } from "../../test/render.tsx";
import { server } from "../../test/server.ts";
import TicketPage from "./TicketPage.tsx";
import { useOutboxSender } from "./useOutbox.ts";

interface Posted {
  content?: string;
  template?: { name: string; language: string; parameters: string[] };
  client_message_id: string;
}

/** What the desk has of one ticket, and what it was asked to do. */
interface Desk {
  ticket: Ticket;
  posts: Posted[];
  decisions: string[];
}

function Page({ id }: { id: string }) {
  useOutboxSender();
  return <TicketPage id={id} back="/" />;
}

async function open(ticket: Ticket) {
  const desk: Desk = { ticket, posts: [], decisions: [] };
  const url = `*/api/tickets/${ticket.ticket_id}`;
  server.use(
    http.get(url, () => HttpResponse.json(desk.ticket)),
    http.get("*/api/agents", () => HttpResponse.json({ agents: [ME, COLLEAGUE] })),
    http.get("*/api/customers/:id", () => HttpResponse.json({}, { status: 404 })),
    http.get("*/api/customers/:id/tickets", () =>
      HttpResponse.json({ tickets: [], next_cursor: null, as_of: "2026-03-01T10:00:00.000Z" }),
    ),
    http.post(`${url}/message`, async ({ request }) => {
      const body = (await request.json()) as Posted;
      desk.posts.push(body);
      const delivery = makeDelivery("queued", { actions: ["discard"] });
      add(desk, { ...mine, content: body.content ?? "A template", delivery });
      return HttpResponse.json(desk.ticket, { status: 201 });
    }),
    http.post(`${url}/message/:message/:decision`, ({ params }) => {
      desk.decisions.push(`${params.decision} ${params.message}`);
      const error = { code: "discarded", message: "It was taken back.", hint: "" };
      const change: Partial<Message> =
        params.decision === "discard"
          ? { deleted_at: "2026-03-01T10:02:00.000Z", delivery: makeDelivery("failed", { error }) }
          : { delivery: makeDelivery(params.decision === "retry" ? "queued" : "sent") };
      const timeline = desk.ticket.timeline.map((message) =>
        message.message_id === params.message ? { ...message, ...change } : message,
      );
      desk.ticket = { ...desk.ticket, version: desk.ticket.version + 1, timeline };
      return HttpResponse.json(desk.ticket);
    }),
  );
  const user = userEvent.setup();
  renderDesk(<Page id={ticket.ticket_id} />, `/tickets/${ticket.ticket_id}`);
  await screen.findByRole("region", { name: "Conversation" });
  return { desk, user };
}

const mine = { sender_type: "agent", agent_id: ME.agent_id } as const;

function add(desk: Desk, change: Partial<Message>) {
  const channel = desk.ticket.source.channel;
  const position = (desk.ticket.timeline.at(-1)?.position ?? 0) + 1;
  const timeline = [...desk.ticket.timeline, makeMessage({ position, channel, ...change })];
  desk.ticket = { ...desk.ticket, version: desk.ticket.version + 1, timeline };
}

function withReply(change: Partial<Message>): Ticket {
  const reply = makeMessage({
    ...mine,
    position: 2,
    message_id: "msg_reply",
    content: "Our answer",
    ...change,
  });
  return makeTicket({ timeline: [makeMessage(), reply] });
}

function byMail(): Ticket {
  const ticket = makeTicket();
  return { ...ticket, source: { ...ticket.source, channel: "email", origin_platform_id: "ann@example.org" } };
}

const entry = (text: string) =>
  within(screen.getByRole("region", { name: "Conversation" }))
    .getAllByRole("article")
    .find((article) => article.textContent?.includes(text)) ?? expect.fail(`No entry says ${text}`);
const replyField = () => screen.findByRole("textbox", { name: "Reply to Ann Weber" });

describe("a reply on its way", () => {
  it("that failed is sent again, and the keyboard stays with it", async () => {
    const delivery = makeDelivery("failed", {
      error: { code: "1", message: "The number is not on WhatsApp.", hint: "Ask for another." },
      actions: ["retry", "discard"],
    });
    const { desk, user } = await open(withReply({ delivery }));
    expect(entry("Our answer")).toHaveTextContent("The number is not on WhatsApp. Ask for another.");
    expect(screen.getByRole("button", { name: "Put away" })).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Send again" }));
    await waitFor(() => expect(entry("Our answer")).toHaveAttribute("data-delivery", "queued"));
    expect(desk.decisions).toEqual(["retry msg_reply"]);
    await waitFor(() => expect(entry("Our answer")).toHaveFocus());
  });

  it("that is not confirmed is told to have arrived", async () => {
    const delivery = makeDelivery("unknown", { actions: ["arrived", "retry"] });
    const { desk, user } = await open(withReply({ delivery }));
    expect(entry("Our answer")).toHaveTextContent("Not confirmed");
    await user.click(screen.getByRole("button", { name: "It arrived" }));
    await waitFor(() => expect(entry("Our answer")).toHaveTextContent("Sent"));
    expect(desk.decisions).toEqual(["arrived msg_reply"]);
  });

  it("that waits is taken back, struck through, and its text can be written anew", async () => {
    const { user } = await open(withReply({ delivery: makeDelivery("queued", { actions: ["discard"] }) }));
    await user.click(screen.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(entry("Our answer")).toHaveTextContent("Taken back, never sent"));
    expect(screen.getByText("Our answer", { selector: "s" })).toBeVisible();
    expect(await replyField()).toHaveValue("Our answer");
  });

  it("of which the customer may have something is taken back as far as it waits, and not written anew", async () => {
    const { desk, user } = await open(
      withReply({ delivery: makeDelivery("queued", { actions: ["discard"] }) }),
    );
    server.use(
      http.post("*/api/tickets/:id/message/:message/discard", () => {
        const error = { code: "rest-discarded", message: "What still waited was taken back.", hint: "" };
        const { delivery: _, ...reply } = desk.ticket.timeline.at(-1) ?? expect.fail("No reply");
        const delivery = makeDelivery("failed", { error, actions: ["retry"] });
        const timeline = [...desk.ticket.timeline.slice(0, -1), { ...reply, delivery }];
        desk.ticket = { ...desk.ticket, version: desk.ticket.version + 1, timeline };
        return HttpResponse.json(desk.ticket);
      }),
    );
    await user.click(screen.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(entry("Our answer")).toHaveTextContent("Taken back in part"));
    expect(entry("Our answer")).toHaveTextContent("What still waited was taken back.");
    expect(screen.getByRole("button", { name: "Send again" })).toBeVisible();
    expect(await replyField()).toHaveValue("");
  });

  it("of a colleague is taken back without becoming a text of one's own", async () => {
    const delivery = makeDelivery("queued", { actions: ["discard"] });
    const { user } = await open(withReply({ delivery, agent_id: COLLEAGUE.agent_id }));
    await user.click(screen.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(entry("Our answer")).toHaveTextContent("Taken back, never sent"));
    expect(await replyField()).toHaveValue("");
  });

  it.each([
    ["delivery-stage", "This message has moved on meanwhile. Look at how it stands now."],
    ["reply-window-closed", "The time in which the platform lets us answer is over."],
  ])("that moved on meanwhile (%s) says so beside how it stands now", async (code, sentence) => {
    const ticket = withReply({ delivery: makeDelivery("failed", { actions: ["retry"] }) });
    const { desk, user } = await open(ticket);
    server.use(
      http.post(`*/api/tickets/${ticket.ticket_id}/message/msg_reply/retry`, () => {
        const timeline = desk.ticket.timeline.map((message) => ({
          ...message,
          delivery: message.delivery && makeDelivery("delivered"),
        }));
        desk.ticket = { ...desk.ticket, version: 9, timeline };
        return HttpResponse.json({ code, status: 409 }, { status: 409 });
      }),
    );
    await user.click(screen.getByRole("button", { name: "Send again" }));
    expect(await screen.findByRole("alert")).toHaveTextContent(sentence);
    await waitFor(() => expect(entry("Our answer")).toHaveTextContent("Delivered"));
    expect(screen.queryByRole("button", { name: "Send again" })).not.toBeInTheDocument();
  });
});

describe("a mail", () => {
  it("can be taken back while it is held, by its button, and is there to be written anew", async () => {
    const { desk, user } = await open(byMail());
    await user.type(await replyField(), "Too early");
    await user.click(screen.getByRole("button", { name: "Send reply" }));
    expect(await screen.findByText("Sending in 5 s.")).toBeVisible();
    const bar = screen.getByText("Sending in 5 s.").closest("div") as HTMLElement;
    await user.click(within(bar).getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(screen.getByRole("textbox", { name: /^Reply/ })).toHaveValue("Too early"));
    expect(desk.decisions).toHaveLength(1);
    expect(screen.queryByText(/^Sending in/)).not.toBeInTheDocument();
  });

  it("can be taken back from where it was written", async () => {
    const { desk, user } = await open(byMail());
    await user.type(await replyField(), "Too early");
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(await screen.findByText("Sending in 5 s.")).toBeVisible();
    await user.keyboard("{Control>}z{/Control}");
    await waitFor(() => expect(screen.getByRole("textbox", { name: /^Reply/ })).toHaveValue("Too early"));
    expect(desk.decisions).toHaveLength(1);
  });

  it("that went meanwhile says that it cannot be taken back any more", async () => {
    const ticket = byMail();
    const { user } = await open(ticket);
    server.use(
      http.post(`*/api/tickets/${ticket.ticket_id}/message/:message/discard`, () =>
        HttpResponse.json({ code: "delivery-stage", status: 409 }, { status: 409 }),
      ),
    );
    await user.type(await replyField(), "Gone");
    await user.keyboard("{Control>}{Enter}{/Control}");
    await screen.findByText("Sending in 5 s.");
    await user.keyboard("{Control>}z{/Control}");
    expect(await screen.findByRole("alert")).toHaveTextContent("This message has moved on meanwhile.");
    expect(await replyField()).toHaveValue("");
    await user.click(screen.getByRole("button", { name: "Dismiss" }));
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });
});

describe("templates", () => {
  const TEMPLATES = [
    {
      name: "order_shipped",
      language: "en_US",
      category: "UTILITY",
      body: "Hello {{1}}, your order {{2}} is on its way.",
      footer: "The shop",
      parameters: 2,
      examples: ["Ann", "4711"],
    },
    {
      name: "hello",
      language: "de",
      category: "MARKETING",
      body: "Guten Tag!",
      footer: null,
      parameters: 0,
      examples: [],
    },
  ];
  const serveTemplates = (ticket: Ticket) =>
    server.use(
      http.get(`*/api/tickets/${ticket.ticket_id}/templates`, () =>
        HttpResponse.json({ templates: TEMPLATES }),
      ),
    );

  it("stand where nothing else may be sent: found, filled in, seen, sent", async () => {
    const ticket = makeTicket({ reply_window: { mode: "template", until: null } });
    serveTemplates(ticket);
    const { desk, user } = await open(ticket);
    const search = await screen.findByRole("searchbox", { name: "Search the templates" });
    expect(search).not.toHaveFocus();
    expect(screen.queryByRole("textbox", { name: /^Reply to/ })).not.toBeInTheDocument();
    expect(screen.getByText(/WhatsApp takes only templates now/)).toBeVisible();
    await user.keyboard("r");
    expect(search).toHaveFocus();
    await user.keyboard("shipped");
    const found = within(screen.getByRole("list", { name: "Templates found" })).getAllByRole("button");
    expect(found).toHaveLength(1);
    await user.keyboard("{Enter}");
    const first = screen.getByRole("textbox", { name: "Parameter 1" });
    expect(first).toHaveFocus();
    expect(first).toHaveAttribute("placeholder", "Ann");
    const preview = screen.getByRole("figure", { name: "What the customer will read" });
    expect(preview).toHaveTextContent("Hello {{1}}, your order {{2}} is on its way.The shop");
    expect(screen.getByRole("button", { name: "Send template" })).toBeDisabled();
    await user.keyboard("Ben{Tab}9{Enter}");
    expect(preview).toHaveTextContent("Hello Ben, your order 9 is on its way.");
    await user.keyboard("{Control>}{Enter}{/Control}");
    await waitFor(() => expect(desk.posts).toHaveLength(1));
    expect(desk.posts[0]).toEqual({
      template: { name: "order_shipped", language: "en_US", parameters: ["Ben", "9"] },
      visibility: "public",
      client_message_id: expect.any(String),
    });
  });

  it("leave notes possible", async () => {
    const ticket = makeTicket({ reply_window: { mode: "template", until: null } });
    serveTemplates(ticket);
    const { user } = await open(ticket);
    await user.click(screen.getByRole("radio", { name: "Internal note" }));
    expect(screen.getByRole("textbox", { name: "Internal note" })).toBeVisible();
    expect(screen.queryByRole("searchbox", { name: /templates/ })).not.toBeInTheDocument();
  });

  it("may be chosen while the window is open, and left again", async () => {
    const ticket = makeTicket();
    serveTemplates(ticket);
    const { user } = await open(ticket);
    await user.click(screen.getByRole("button", { name: "Templates" }));
    await waitFor(() =>
      expect(screen.getByRole("searchbox", { name: "Search the templates" })).toHaveFocus(),
    );
    await user.keyboard("nothing like it");
    expect(screen.getByText("No template matches.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Write text instead" }));
    expect(await replyField()).toHaveFocus();
  });

  it("are not offered where the platform has none", async () => {
    await open(byMail());
    expect(screen.queryByRole("button", { name: "Templates" })).not.toBeInTheDocument();
  });
});
