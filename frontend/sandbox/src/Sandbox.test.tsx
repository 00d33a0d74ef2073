import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { beforeEach, expect, it } from "vitest";
import { server } from "../../src/test/server.ts";
import type { Channel, Message, State } from "./api.ts";
import { Sandbox } from "./Sandbox.tsx";

const CHANNEL: Channel = {
  channel: "whatsapp",
  account_id: "300001",
  label: "WhatsApp",
  played: true,
  webhook: "/api/webhooks/whatsapp",
  fault: { kind: "none" },
  delivery: "immediate",
  receipts: "delivered",
  kinds: ["text", "image", "edit"],
};

function message(change: Partial<Message>): Message {
  return {
    id: "m1",
    customer_id: "c1",
    direction: "in",
    kind: "text",
    text: "Hello",
    at: "2026-03-01T10:00:00.000Z",
    platform_message_id: "wamid.1",
    state: "delivered",
    deliveries: [],
    via: "whatsapp",
    subject: null,
    ...change,
  };
}

interface Asked {
  method: string;
  path: string;
  body: unknown;
}

function serve(change: Partial<State> = {}) {
  let state: State = {
    channels: [CHANNEL],
    customers: [
      { id: "c1", channel: "whatsapp", name: "Ann Weber", platform_id: "15550100", email: null },
      { id: "c2", channel: "whatsapp", name: "Bo Lund", platform_id: "15550101", email: null },
    ],
    messages: [],
    held: [],
    calls: [],
    ...change,
  };
  const asked: Asked[] = [];
  server.use(
    http.get("*/local/info", () =>
      HttpResponse.json({
        workbench_url: "http://x",
        agent: { email: "agent@example.com", password: "secret" },
      }),
    ),
    http.get("*/sandbox/api/state", () => HttpResponse.json(state)),
    http.all("*/sandbox/api/*", async ({ request }) => {
      asked.push({
        method: request.method,
        path: new URL(request.url).pathname.replace("/sandbox/api", ""),
        body: await request.json(),
      });
      return HttpResponse.json({});
    }),
  );
  return { asked, become: (next: Partial<State>) => (state = { ...state, ...next }) };
}

async function open(change: Partial<State> = {}) {
  const stack = serve(change);
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Sandbox />
    </QueryClientProvider>,
  );
  await screen.findByRole("region", { name: /^Phone of/ });
  return { ...stack, user: userEvent.setup() };
}

beforeEach(() => window.history.replaceState(null, "", "/sandbox"));

it("writes as the chosen customer, whom the address names", async () => {
  const { asked, user } = await open();
  await user.click(screen.getByRole("button", { name: "Bo Lund, WhatsApp" }));
  expect(window.location.search).toBe("?customer=c2");
  await user.type(
    screen.getByRole("textbox", { name: "Write as Bo Lund" }),
    "Hi{Shift>}{Enter}{/Shift}there{Enter}",
  );
  await waitFor(() =>
    expect(asked).toEqual([
      { method: "POST", path: "/customers/c2/messages", body: { kind: "text", text: "Hi\nthere" } },
    ]),
  );
  expect(screen.getByRole("textbox", { name: "Write as Bo Lund" })).toHaveValue("");
});

it("writes a mail with a subject and a form of its own, and says how answers look", async () => {
  const { asked, user } = await open({
    channels: [{ ...CHANNEL, channel: "email", label: "Email", kinds: ["text", "html", "reply_gmail"] }],
    customers: [
      {
        id: "c6",
        channel: "email",
        name: "Mara Novak",
        platform_id: "mara@example.org",
        email: "mara@example.org",
      },
    ],
    messages: [message({ customer_id: "c6", kind: "reply_gmail", via: "email", text: "Fine." })],
  });
  expect(screen.getByRole("article")).toHaveTextContent("Answer from Gmail");
  expect(screen.queryByRole("option", { name: "Reply window closed" })).toBeNull();
  expect(screen.getByRole("option", { name: "Takes it, it comes back" })).toBeInTheDocument();
  await user.selectOptions(screen.getByLabelText("What to send"), "Formatted mail");
  await user.type(screen.getByLabelText("Subject"), "Hello");
  await user.type(screen.getByLabelText("HTML"), "<b>Hi</b>");
  await user.click(screen.getByRole("button", { name: "Send" }));
  await user.selectOptions(screen.getByLabelText("What to send"), "Answer from Gmail");
  expect(screen.queryByLabelText("Subject")).toBeNull();
  await user.click(screen.getByRole("button", { name: "Send" }));
  await waitFor(() =>
    expect(asked.map(({ body }) => body)).toEqual([
      { kind: "html", text: "", subject: "Hello", html: "<b>Hi</b>" },
      { kind: "reply_gmail", text: "" },
    ]),
  );
});

it("shows what a refused action was refused for, and gives the text back", async () => {
  const { user } = await open();
  server.use(
    http.post("*/sandbox/api/customers/c1/messages", () =>
      HttpResponse.json({ detail: "text must not be empty." }, { status: 422 }),
    ),
  );
  await user.type(screen.getByRole("textbox", { name: "Write as Ann Weber" }), "x{Enter}");
  expect(await screen.findByText("text must not be empty.")).toBeVisible();
  expect(screen.getByRole("textbox", { name: "Write as Ann Weber" })).toHaveValue("x");
});

it("turns the knobs of the channel", async () => {
  const { asked, user } = await open();
  await user.selectOptions(screen.getByRole("combobox", { name: "Failure" }), "Answers late");
  await user.selectOptions(
    screen.getByRole("combobox", { name: "Deliveries" }),
    "Held back, for you to order",
  );
  await user.selectOptions(screen.getByRole("combobox", { name: "Receipts" }), "Delivered and read");
  await user.click(screen.getByRole("button", { name: "Ann Weber reads everything" }));
  await waitFor(() =>
    expect(asked.map(({ path, body }) => [path, body])).toEqual([
      ["/channels/whatsapp", { fault: { kind: "slow", seconds: 5 } }],
      ["/channels/whatsapp", { delivery: "held" }],
      ["/channels/whatsapp", { receipts: "read" }],
      ["/customers/c1/read", {}],
    ]),
  );
});

it("plays nothing where a provider is set in the environment, and says so", async () => {
  await open({ channels: [{ ...CHANNEL, played: false }] });
  expect(screen.getByRole("combobox", { name: "Failure" })).toBeDisabled();
  expect(screen.getByRole("combobox", { name: "Receipts" })).toBeDisabled();
  expect(screen.getByRole("combobox", { name: "Deliveries" })).toBeEnabled();
  expect(screen.getByText(/A provider is set in the environment/)).toBeVisible();
});

it("delivers what is held in the order that is asked for", async () => {
  const held = [
    message({ id: "m1", text: "one", state: "held" }),
    message({ id: "m2", text: "two", state: "held" }),
  ];
  const { asked, user } = await open({ messages: held, held: ["m1", "m2"] });
  await user.click(screen.getByRole("button", { name: "Deliver reversed" }));
  const list = within(screen.getByRole("region", { name: "Held back" }));
  await user.click(list.getAllByRole("button", { name: "Deliver" })[1] ?? document.body);
  await waitFor(() =>
    expect(asked.map(({ body }) => body)).toEqual([{ order: "reversed" }, { order: ["m2"] }]),
  );
});

it("shows the bytes, the proof and the answer of a delivery, and delivers it again", async () => {
  const attempt = {
    at: "2026-03-01T10:00:00.000Z",
    status: 200,
    answer: { stored: 1 },
    body: '{"object":"page"}',
    signature_header: "x-hub-signature-256: sha256=ab",
  };
  const { asked, user } = await open({ messages: [message({ deliveries: [attempt] })] });
  await user.click(screen.getByRole("button", { name: "Look inside" }));
  const inside = within(screen.getByRole("region", { name: "Inside the message" }));
  expect(inside.getByText('{"stored":1}')).toBeVisible();
  expect(inside.getByText("x-hub-signature-256: sha256=ab")).toBeInTheDocument();
  expect(inside.getByText(/"object": "page"/)).toBeInTheDocument();
  await user.click(inside.getByRole("button", { name: "Deliver again" }));
  await waitFor(() => expect(asked).toEqual([{ method: "POST", path: "/messages/m1/redeliver", body: {} }]));
});

it("shows a reply as it comes, and a mail with its subject", async () => {
  const { become } = await open();
  become({
    messages: [
      message({ direction: "out", text: "Bonjour", via: "email", subject: "Re: help", state: "accepted" }),
    ],
  });
  const phone = within(screen.getByRole("region", { name: "Phone of Ann Weber" }));
  const reply = await phone.findByText("Bonjour", undefined, { timeout: 3_000 });
  expect(reply.closest("article")).toHaveAttribute("data-direction", "out");
  expect(screen.getByText("Re: help")).toBeVisible();
});

it("sends what was chosen, with words or without, and says what it was", async () => {
  const { asked, user } = await open({ messages: [message({ kind: "image", text: "" })] });
  const phone = screen.getByRole("region", { name: /^Phone of/ });
  expect(within(phone).getByRole("article")).toHaveTextContent("Picture");
  const send = within(phone).getByRole("button", { name: "Send" });
  expect(send).toBeDisabled();
  await user.selectOptions(within(phone).getByLabelText("What to send"), "Picture");
  await user.click(send);
  await waitFor(() =>
    expect(asked).toEqual([
      { method: "POST", path: "/customers/c1/messages", body: { kind: "image", text: "" } },
    ]),
  );
  await user.selectOptions(within(phone).getByLabelText("What to send"), "Edit of their last");
  expect(send).toBeDisabled();
});
