import { act, fireEvent, screen } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { useState } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Ticket, Visibility } from "../../api/types.ts";
import { makeTicket } from "../../test/builders.ts";
import { renderDesk } from "../../test/render.tsx";
import { server } from "../../test/server.ts";
import { Composer } from "./Composer.tsx";

/** The tickets that somebody was said to type in, in order. */
let told: string[];

beforeEach(() => {
  told = [];
  vi.useFakeTimers({ toFake: ["Date"] });
  server.use(
    http.post("*/api/tickets/:id/typing", ({ params }) => {
      told.push(String(params.id));
      return new HttpResponse(null, { status: 204 });
    }),
  );
});
afterEach(() => {
  vi.useRealTimers();
});

function Writing({ ticket, onSend }: { ticket: Ticket; onSend: () => void }) {
  const [chosen, choose] = useState<Visibility>("public");
  return <Composer ticket={ticket} onSend={onSend} chosen={chosen} onChoose={choose} />;
}

function on(channel: Ticket["source"]["channel"], change: Partial<Ticket> = {}): Ticket {
  const ticket = makeTicket(change);
  return { ...ticket, source: { ...ticket.source, channel } };
}

function write(ticket: Ticket) {
  const sent = vi.fn();
  const view = renderDesk(<Writing ticket={ticket} onSend={sent} />);
  return { ...view, sent };
}

const field = () => screen.getByRole("textbox");

async function type(text: string) {
  fireEvent.change(field(), { target: { value: text } });
  // The call leaves in the background.
  await act(async () => {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve));
  });
}

function pass(seconds: number) {
  vi.setSystemTime(Date.now() + seconds * 1000);
}

describe("a reply that is typed", () => {
  for (const channel of ["facebook", "instagram", "whatsapp"] as const)
    it(`on ${channel} is told at once and each ten seconds, as long as something is typed`, async () => {
      const ticket = on(channel);
      write(ticket);
      for (const text of ["O", "On", "On i"]) await type(text);
      expect(told).toEqual([ticket.ticket_id]);
      pass(9.9);
      await type("On it");
      expect(told).toHaveLength(1);
      pass(0.1);
      await type("On its");
      expect(told).toEqual([ticket.ticket_id, ticket.ticket_id]);
    });

  for (const channel of ["twitter", "email", "web_chat"] as const)
    it(`on ${channel} is told to nobody, since it cannot be shown`, async () => {
      write(on(channel));
      await type("On its way");
      expect(told).toEqual([]);
    });

  it("is not told while nothing may be sent freely, nor when all of it is deleted", async () => {
    const { unmount } = write(on("facebook", { reply_window: { mode: "human_agent", until: null } }));
    await type("On its way");
    unmount();
    write(on("facebook"));
    await type(" ");
    await type("");
    expect(told).toEqual([]);
  });

  it("is not told when it is a note", async () => {
    write(on("whatsapp"));
    fireEvent.click(screen.getByRole("radio", { name: "Internal note" }));
    await type("He is angry");
    expect(told).toEqual([]);
  });

  it("is sent whatever comes of telling it, and what is not told by then is not told any more", async () => {
    let aborted = false;
    server.use(
      http.post("*/api/tickets/:id/typing", async ({ request }) => {
        request.signal.addEventListener("abort", () => {
          aborted = true;
        });
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        return HttpResponse.json({ title: "No", status: 503 }, { status: 503 });
      }),
    );
    const { sent } = write(on("whatsapp"));
    await type("On its way");
    fireEvent.keyDown(field(), { key: "Enter", ctrlKey: true });
    expect(sent).toHaveBeenCalledOnce();
    await vi.waitFor(() => expect(aborted).toBe(true));
  });
});
