import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { describe, expect, it } from "vitest";
import type { Ticket } from "../../api/types.ts";
import { makeDelivery, makeMessage, makeTicket } from "../../test/builders.ts";
import { COLLEAGUE, ME, renderDesk } from "../../test/render.tsx";
import { server } from "../../test/server.ts";
import TicketPage from "./TicketPage.tsx";
import { useOutboxSender } from "./useOutbox.ts";

/** What the desk has of one ticket, and what it was asked to do. */
interface Desk {
  ticket: Ticket;
  posts: { content: string; visibility: string; client_message_id: string }[];
  puts: { body: Record<string, unknown>; version: string | null }[];
}

function serve(ticket: Ticket): Desk {
  const desk: Desk = { ticket, posts: [], puts: [] };
  const url = `*/api/tickets/${ticket.ticket_id}`;
  server.use(
    http.get(url, () => HttpResponse.json(desk.ticket, { headers: { ETag: `"${desk.ticket.version}"` } })),
    http.get("*/api/agents", () => HttpResponse.json({ agents: [ME, COLLEAGUE] })),
    http.get("*/api/customers/:id", ({ params }) =>
      HttpResponse.json({
        internal_id: params.id,
        name: "Ann Weber",
        primary_email: null,
        channels: ["whatsapp"],
        identities: ["whatsapp:15550100"],
        created_at: "2026-03-01T10:00:00.000Z",
      }),
    ),
    http.get("*/api/customers/:id/tickets", () =>
      HttpResponse.json({ tickets: [], next_cursor: null, as_of: "2026-03-01T10:00:00.000Z" }),
    ),
    http.post(`${url}/message`, async ({ request }) => {
      const body = (await request.json()) as Desk["posts"][number];
      const again = desk.posts.some((post) => post.client_message_id === body.client_message_id);
      desk.posts.push(body);
      if (!again) append(desk, body.content, body.visibility as "public" | "internal");
      return HttpResponse.json(desk.ticket, { status: again ? 200 : 201 });
    }),
    http.put(url, async ({ request }) => {
      const body = (await request.json()) as Record<string, unknown>;
      desk.puts.push({ body, version: request.headers.get("If-Match") });
      desk.ticket = { ...desk.ticket, ...body, version: desk.ticket.version + 1 };
      return HttpResponse.json(desk.ticket);
    }),
  );
  return desk;
}

function append(desk: Desk, content: string, visibility: "public" | "internal") {
  const position = (desk.ticket.timeline.at(-1)?.position ?? 0) + 1;
  const message = makeMessage({
    position,
    content,
    visibility,
    sender_type: "agent",
    agent_id: ME.agent_id,
    delivery: visibility === "public" ? makeDelivery("queued", { actions: ["discard"] }) : null,
  });
  desk.ticket = {
    ...desk.ticket,
    version: desk.ticket.version + 1,
    timeline: [...desk.ticket.timeline, message],
  };
}

function Page({ id }: { id: string }) {
  useOutboxSender();
  return <TicketPage id={id} back="/" />;
}

async function open(ticket: Ticket) {
  const desk = serve(ticket);
  const user = userEvent.setup();
  const view = renderDesk(<Page id={ticket.ticket_id} />, `/tickets/${ticket.ticket_id}`);
  await screen.findByRole("region", { name: "Conversation" });
  await screen.findByRole("option", { name: "Alex Meyer (you)" });
  return { desk, user, ...view };
}

const replyField = () => screen.findByRole("textbox", { name: "Reply to Ann Weber" });
const conversation = () => within(screen.getByRole("region", { name: "Conversation" }));

describe("a ticket", () => {
  it("sends a reply once, and shows how its delivery stands", async () => {
    const { desk, user } = await open(makeTicket());
    await user.type(await replyField(), "It is on its way.");
    await user.click(screen.getByRole("button", { name: "Send reply" }));
    await waitFor(() => expect(conversation().getByText("Waiting to be sent")).toBeVisible());
    expect(desk.posts).toHaveLength(1);
    expect(desk.posts[0]).toMatchObject({ content: "It is on its way.", visibility: "public" });
    expect(await replyField()).toHaveValue("");
    expect(conversation().getAllByText("It is on its way.")).toHaveLength(1);
  });

  it("asks for news of a reply that is on its way before the next poll is due", async () => {
    const reply = makeMessage({
      position: 2,
      sender_type: "agent",
      agent_id: ME.agent_id,
      received_at: new Date().toISOString(),
      delivery: makeDelivery("queued", { at: new Date().toISOString() }),
    });
    const { desk } = await open(makeTicket({ timeline: [makeMessage({ position: 1 }), reply] }));
    expect(conversation().getByText("Waiting to be sent")).toBeVisible();
    const delivery = makeDelivery("delivered", { at: new Date().toISOString() });
    desk.ticket = {
      ...desk.ticket,
      version: desk.ticket.version + 1,
      timeline: [makeMessage({ position: 1 }), { ...reply, delivery }],
    };
    expect(await conversation().findByText("Delivered", undefined, { timeout: 4_000 })).toBeVisible();
  });

  it("repeats a reply whose answer was lost under the same id, so that it is there once", async () => {
    const ticket = makeTicket();
    const { desk, user } = await open(ticket);
    let lost = true;
    server.use(
      http.post(`*/api/tickets/${ticket.ticket_id}/message`, async ({ request }) => {
        if (!lost) return undefined;
        lost = false;
        const body = (await request.clone().json()) as Desk["posts"][number];
        desk.posts.push(body);
        append(desk, body.content, "public");
        return HttpResponse.error();
      }),
    );
    await user.type(await replyField(), "Once only");
    await user.keyboard("{Control>}{Enter}{/Control}");
    await waitFor(() => expect(desk.posts).toHaveLength(2), { timeout: 4_000 });
    expect(desk.posts[1]?.client_message_id).toBe(desk.posts[0]?.client_message_id);
    await waitFor(() => expect(conversation().getAllByText("Once only")).toHaveLength(1));
  });

  it("shows a reply once, though a poll reads it before its own call is answered", async () => {
    const ticket = makeTicket();
    const { desk, user, queries } = await open(ticket);
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    server.use(
      http.post(`*/api/tickets/${ticket.ticket_id}/message`, async ({ request }) => {
        const body = (await request.json()) as Desk["posts"][number];
        append(desk, body.content, "public");
        desk.posts.push(body);
        await answered;
        return HttpResponse.json(desk.ticket, { status: 201 });
      }),
    );
    await user.type(await replyField(), "Slow answer");
    await user.keyboard("{Control>}{Enter}{/Control}");
    await waitFor(() => expect(desk.posts).toHaveLength(1));
    await act(() => queries.refetchQueries({ queryKey: ["ticket", ticket.ticket_id] }));
    expect(conversation().getAllByText("Slow answer")).toHaveLength(1);
    expect(conversation().getByText("Handing over to the desk")).toBeVisible();
    answer();
    expect(await conversation().findByText("Waiting to be sent")).toBeVisible();
    expect(conversation().getAllByText("Slow answer")).toHaveLength(1);
    await act(() => queries.refetchQueries({ queryKey: ["ticket", ticket.ticket_id] }));
    expect(conversation().getAllByText("Slow answer")).toHaveLength(1);
  });

  it("keeps a refused reply, says why, and lets it be edited", async () => {
    const ticket = makeTicket();
    const { user } = await open(ticket);
    server.use(
      http.post(`*/api/tickets/${ticket.ticket_id}/message`, () =>
        HttpResponse.json(
          {
            code: "invalid-field",
            status: 422,
            title: "A field is not valid",
            detail: "no",
            type: "",
            instance: "",
            errors: [{ pointer: "/content", detail: "is too long" }],
          },
          { status: 422 },
        ),
      ),
    );
    await user.type(await replyField(), "Too long");
    await user.click(screen.getByRole("button", { name: "Send reply" }));
    expect(await screen.findByText("content: is too long")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Edit and send again" }));
    expect(await replyField()).toHaveValue("Too long");
    expect(screen.queryByText("content: is too long")).not.toBeInTheDocument();
  });

  it("keeps a draft per kind and ticket when the page is left and come back to", async () => {
    const ticket = makeTicket();
    const first = await open(ticket);
    await first.user.type(await replyField(), "Half a sent");
    await first.user.click(screen.getByRole("radio", { name: "Internal note" }));
    await first.user.type(screen.getByRole("textbox", { name: "Internal note" }), "Ask Sam");
    first.unmount();
    const { user } = await open(ticket);
    expect(await replyField()).toHaveValue("Half a sent");
    await user.click(screen.getByRole("radio", { name: "Internal note" }));
    expect(screen.getByRole("textbox", { name: "Internal note" })).toHaveValue("Ask Sam");
  });

  it("changes against the version that was seen", async () => {
    const { desk, user } = await open(makeTicket({ version: 7 }));
    await user.selectOptions(screen.getByRole("combobox", { name: "Priority" }), "High");
    await waitFor(() => expect(desk.puts).toEqual([{ body: { priority: "high" }, version: '"7"' }]));
    await user.selectOptions(screen.getByRole("combobox", { name: "Assignee" }), "Sam Rivera");
    await waitFor(() =>
      expect(desk.puts[1]).toEqual({ body: { assigned_agent_id: COLLEAGUE.agent_id }, version: '"8"' }),
    );
  });

  it("shows what somebody else changed meanwhile, and changes it only when told again", async () => {
    const ticket = makeTicket({ version: 3 });
    const { desk, user } = await open(ticket);
    desk.ticket = { ...ticket, version: 4, status: "resolved", actions: [...ticket.actions, "reopen"] };
    server.use(
      http.put(
        `*/api/tickets/${ticket.ticket_id}`,
        () =>
          HttpResponse.json(
            {
              code: "version-mismatch",
              status: 412,
              title: "",
              detail: "",
              type: "",
              instance: "",
              current_version: 4,
              changed: ["status"],
            },
            { status: 412 },
          ),
        { once: true },
      ),
    );
    await user.selectOptions(screen.getByRole("combobox", { name: "Status" }), "Waiting for customer");
    expect(
      await screen.findByText(/status is now Resolved. You wanted status Waiting for customer/),
    ).toBeVisible();
    expect(screen.getByRole("combobox", { name: "Status" })).toHaveValue("resolved");
    expect(desk.puts).toHaveLength(0);
    await user.click(screen.getByRole("button", { name: "Change it anyway" }));
    await waitFor(() => expect(desk.puts).toEqual([{ body: { status: "pending_customer" }, version: null }]));
  });

  it("offers what the desk says may be done, and nothing else", async () => {
    await open(makeTicket({ actions: ["note"], status: "closed" }));
    expect(screen.getByRole("combobox", { name: "Status" })).toBeDisabled();
    expect(screen.getByRole("combobox", { name: "Priority" })).toBeDisabled();
    expect(screen.getByRole("combobox", { name: "Assignee" })).toBeDisabled();
    expect(screen.getByRole("radio", { name: "Reply" })).toBeDisabled();
    expect(screen.getByRole("textbox", { name: "Internal note" })).toBeVisible();
    expect(screen.queryByRole("textbox", { name: "Add a tag" })).not.toBeInTheDocument();
  });

  it("names the address that gets the reply to a mail, for others may have written too", async () => {
    const { source } = makeTicket();
    await open(
      makeTicket({ source: { ...source, channel: "email", origin_platform_id: "ann@example.org" } }),
    );
    await replyField();
    expect(screen.getByText("to ann@example.org")).toBeVisible();
  });

  it("says why nobody can reply when the platform's window has closed, and takes notes still", async () => {
    await open(makeTicket({ reply_window: { mode: "closed", until: null } }));
    expect(screen.getByText(/WhatsApp lets nobody reply to this customer now/)).toBeVisible();
    expect(screen.getByRole("radio", { name: "Reply" })).toBeDisabled();
    expect(screen.getByRole("textbox", { name: "Internal note" })).toBeVisible();
  });

  it("shows a failed delivery with its reason and what can be done", async () => {
    const failed = makeMessage({
      sender_type: "agent",
      agent_id: COLLEAGUE.agent_id,
      delivery: makeDelivery("failed", {
        error: {
          code: "131047",
          message: "More than 24 hours have passed.",
          hint: "Wait until the customer writes.",
        },
      }),
    });
    await open(makeTicket({ timeline: [failed] }));
    const item = conversation().getByRole("article", { name: /Sam Rivera/ });
    expect(item).toHaveAttribute("data-delivery", "failed");
    expect(item).toHaveTextContent("Not delivered");
    expect(item).toHaveTextContent("More than 24 hours have passed. Wait until the customer writes.");
  });

  it("tells changes in words", async () => {
    const change = makeMessage({
      sender_type: "system",
      content_type: "event_log",
      visibility: "internal",
      agent_id: COLLEAGUE.agent_id,
      channel_specific_data: { field: "status", from: "new", to: "pending_customer" },
    });
    await open(makeTicket({ timeline: [change] }));
    expect(
      conversation().getByText("Sam Rivera set the status from New to Waiting for customer"),
    ).toBeVisible();
  });

  it("never runs what a customer wrote", async () => {
    const content = '<img src=x onerror="alert(1)"> javascript:alert(1) https://example.com/a?b=c.';
    await open(makeTicket({ timeline: [makeMessage({ content })] }));
    const item = conversation().getByRole("article", { name: /Ann Weber/ });
    expect(item.querySelector("img")).toBeNull();
    const links = within(item).getAllByRole("link");
    expect(links.map((link) => link.getAttribute("href"))).toEqual(["https://example.com/a?b=c"]);
    expect(links[0]).toHaveAttribute("rel", expect.stringContaining("noopener"));
  });

  it("loads older entries on demand", async () => {
    const ticket = makeTicket({
      timeline: [makeMessage({ position: 11, content: "newer" })],
      older_timeline: "before-11",
    });
    const { user } = await open(ticket);
    server.use(
      http.get(`*/api/tickets/${ticket.ticket_id}/timeline`, ({ request }) =>
        new URL(request.url).searchParams.get("cursor") === "before-11"
          ? HttpResponse.json({
              messages: [makeMessage({ position: 10, content: "older" })],
              older_timeline: null,
            })
          : HttpResponse.json({}, { status: 400 }),
      ),
    );
    await user.click(screen.getByRole("button", { name: "Show older messages" }));
    expect(await conversation().findByText("older")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Show older messages" })).not.toBeInTheDocument();
  });
});
