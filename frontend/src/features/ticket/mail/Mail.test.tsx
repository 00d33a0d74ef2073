import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { describe, expect, it } from "vitest";
import type { Message } from "../../../api/types.ts";
import { makeMessage, makeTicket } from "../../../test/builders.ts";
import { renderDesk } from "../../../test/render.tsx";
import { server } from "../../../test/server.ts";
import { MessageItem } from "../MessageItem.tsx";

const CONTENT = "It came, thank you.\n\nOn Monday Support wrote:\n> It is on its way.\n-- \nAnn Weber";
const FOLDED = [
  { kind: "quote", from: 2, to: 4 },
  { kind: "signature", from: 4, to: 6 },
];

function mail(change: Partial<Message>, data: Message["channel_specific_data"] = {}) {
  const ticket = makeTicket();
  return (
    <MessageItem
      message={makeMessage({
        channel: "email",
        content_type: "email",
        content: CONTENT,
        position: 7,
        channel_specific_data: { authenticated: true, from: { address: "ann@example.org" }, ...data },
        ...change,
      })}
      ticketId="tkt_1"
      customer={ticket.customer}
      channel="email"
      agents={[]}
      follows={false}
    />
  );
}

describe("the text of a mail", () => {
  it("shows what is new, and what is quoted and signed when asked for", async () => {
    const user = userEvent.setup();
    render(mail({ reply_to: "<1@example.org>" }, { folded: FOLDED }));
    const quote = await screen.findByRole("button", { name: "Show quoted text" });
    expect(screen.getByText("It came, thank you.")).toBeVisible();
    expect(screen.getByText(/It is on its way/u)).not.toBeVisible();
    expect(quote).toHaveAttribute("aria-expanded", "false");
    await user.tab();
    expect(quote).toHaveFocus();
    await user.keyboard("{Enter}");
    expect(screen.getByRole("button", { name: "Hide quoted text" })).toHaveAttribute("aria-expanded", "true");
    expect(screen.getByText(/It is on its way/u)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Show signature" }));
    expect(screen.getByText(/Ann Weber$/u, { selector: "div" })).toBeVisible();
    expect(screen.getByRole("article")).not.toHaveTextContent("Answers an earlier message");
  });

  it("that is nothing but a quote is shown", async () => {
    render(mail({ content: "> All of it" }, { folded: [{ kind: "quote", from: 0, to: 1 }] }));
    expect(await screen.findByText("> All of it")).toBeVisible();
  });
});

describe("the sender of a mail", () => {
  it("is named when it is not the customer, and marked with where the reply goes", async () => {
    render(mail({}, { participant: true, from: { address: "bob@example.net", name: "Bob Hill" } }));
    const mark = await screen.findByText(/^Not part of this ticket until now/u);
    expect(mark).toHaveAttribute("title", expect.stringContaining("Your reply goes to Ann Weber"));
    const shown = screen.getByRole("article", { name: /^Bob Hill,/u });
    expect(shown).toHaveTextContent("bob@example.net");
  });

  it("is marked when the mail servers could not confirm it, with what they found", async () => {
    render(mail({}, { authenticated: false, spf: "softfail", dkim: { "example.org": "none" } }));
    const mark = await screen.findByText(/^Sender not confirmed/u);
    expect(mark).toHaveTextContent("SPF: softfail, DKIM of example.org: none");
  });

  it.each(["auto-submitted", "list", "robot", "something-new"])("is a machine: %s", async (automatic) => {
    render(mail({}, { automatic }));
    expect(await screen.findByText(/^Automatic mail/u)).toHaveTextContent("No automatic answer goes to it.");
  });

  it("and all others are told on demand", async () => {
    const user = userEvent.setup();
    const cc = [{ address: "bob@example.net", name: "Bob" }, { address: "eve@example.net" }];
    render(mail({}, { cc, subject: "Re: Where is it?" }));
    const summary = await screen.findByText("Mail details");
    expect(screen.queryByText(/Automatic|not confirmed|Not part/u)).toBeNull();
    await user.click(summary);
    expect(screen.getByText("Bob <bob@example.net>, eve@example.net")).toBeVisible();
    expect(screen.getByText("Re: Where is it?")).toBeVisible();
  });
});

describe("a formatted mail", () => {
  const frame = () => screen.findByTitle<HTMLIFrameElement>("Mail of Ann Weber, formatted");

  it("is shown when asked for, in a frame that may run and send nothing", async () => {
    const user = userEvent.setup();
    const { rerender } = render(mail({ message_id: "msg_1", html: "<p>It <b>came</b></p>" }));
    await user.click(await screen.findByRole("button", { name: "Show formatted" }));
    const shown = await frame();
    expect(shown).toHaveAttribute("sandbox", "allow-popups allow-popups-to-escape-sandbox");
    expect(shown).toHaveAttribute("referrerpolicy", "no-referrer");
    expect(shown).toHaveAttribute("srcdoc", expect.stringContaining("<p>It <b>came</b></p>"));
    const before = shown.getAttribute("srcdoc");
    rerender(mail({ message_id: "msg_1", html: "<p>It <b>came</b></p><!-- signed anew -->" }));
    expect(await frame()).toHaveAttribute("srcdoc", before);
    await user.click(screen.getByRole("button", { name: "Show as text" }));
    expect(screen.getByText(/It came, thank you/u)).toBeVisible();
    expect(document.querySelector("iframe")).toBeNull();
  });

  it("is shown at once when the mail has no text", async () => {
    render(mail({ content: "", html: "<p>Only this</p>" }));
    expect(await frame()).toHaveAttribute("srcdoc", expect.stringContaining("Only this"));
  });

  it("that is long is read when it is asked for, and says when it cannot be", async () => {
    const user = userEvent.setup();
    let status = 500;
    server.use(
      http.get("*/api/tickets/tkt_1/timeline/7/html", () =>
        status === 200
          ? HttpResponse.json({ html: "<p>Long</p>" })
          : HttpResponse.json({ status: 404, code: "not-found", detail: "It is gone." }, { status: 404 }),
      ),
    );
    renderDesk(mail({}, { html_bytes: 20_000 }));
    const show = await screen.findByRole("button", { name: "Show formatted" });
    await user.click(show);
    expect(await within(screen.getByRole("article")).findByRole("alert")).toBeVisible();
    status = 200;
    await user.click(screen.getByRole("button", { name: "Show as text" }));
    await user.click(screen.getByRole("button", { name: "Show formatted" }));
    expect(await frame()).toHaveAttribute("srcdoc", expect.stringContaining("<p>Long</p>"));
  });
});
