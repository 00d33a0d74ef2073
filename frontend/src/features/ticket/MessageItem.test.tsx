import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Message } from "../../api/types.ts";
import { makeMessage, makeTicket } from "../../test/builders.ts";
import { MessageItem } from "./MessageItem.tsx";
import { steadyUrl } from "./steadyUrl.ts";

function show(change: Partial<Message>): HTMLElement {
  const ticket = makeTicket();
  render(
    <MessageItem
      ticketId={ticket.ticket_id}
      message={makeMessage(change)}
      customer={ticket.customer}
      channel="whatsapp"
      agents={[]}
      follows={false}
    />,
  );
  return screen.getByRole("article");
}

function file(change: Partial<Message["attachments"][number]>): Message["attachments"][number] {
  return {
    attachment_id: `att_${Math.random()}`,
    type: "image",
    state: "stored",
    url: "http://127.0.0.1:1/blobs/1",
    name: "picture.png",
    mime_type: "image/png",
    size_bytes: 2048,
    ...change,
  };
}

describe("a message of any kind", () => {
  it.each([
    ["location", "Location"],
    ["contact", "Contact"],
    ["interactive", "Chosen from a list, button or form"],
    ["order", "Order"],
    ["story", "Story"],
    ["share", "Shared"],
    ["sticker", "Sticker"],
    ["unsupported", "Not shown here"],
  ] as const)("of type %s says so", (content_type, label) => {
    expect(show({ content_type, content: "what it says" })).toHaveTextContent(label);
    expect(screen.getByText("what it says")).toBeVisible();
  });

  it("tells by which ad the customer came, and that it was forwarded", () => {
    const shown = show({
      channel_specific_data: { referral: { headline: "Summer sale" }, forwarded: true },
      reply_to: "wamid.0",
    });
    expect(shown).toHaveTextContent("Came from an ad or a link: Summer sale");
    expect(shown).toHaveTextContent("Forwarded");
    expect(shown).toHaveTextContent("Answers an earlier message");
  });

  it("shows reactions, edits, and that something was taken back and no more", () => {
    const reactions: Message["reactions"] = [{ emoji: "🙏", sender_type: "customer" }];
    expect(show({ reactions, edited_at: "2026-03-01T10:05:00.000Z" })).toHaveTextContent(/🙏.*edited/u);
  });

  it("shows nothing of what was taken back", () => {
    const shown = show({ deleted_at: "2026-03-01T10:05:00.000Z", content: "", content_type: "sticker" });
    expect(shown).toHaveTextContent("This message was taken back.");
    expect(shown).not.toHaveTextContent("Sticker");
  });

  it("names the tool with which one of us answered", () => {
    const data = { external: true, source: "whatsapp_business_app" };
    const shown = show({ sender_type: "agent", channel_specific_data: data });
    expect(shown).toHaveTextContent("Answered in the WhatsApp app");
  });
});

describe("a file", () => {
  it("that is a picture is seen, and opens elsewhere", () => {
    show({ content: "", attachments: [file({})] });
    expect(screen.getByRole("img", { name: "picture.png, open it" })).toBeVisible();
    expect(screen.getByRole("link")).toHaveAttribute("rel", "noopener noreferrer");
  });

  it("that is sound or a clip can be played", () => {
    show({
      attachments: [
        file({ type: "audio", mime_type: "audio/ogg", name: "voice.ogg" }),
        file({ type: "video", mime_type: "video/mp4", name: "clip.mp4" }),
      ],
    });
    expect(screen.getByLabelText("voice.ogg").tagName).toBe("AUDIO");
    expect(screen.getByLabelText("clip.mp4").tagName).toBe("VIDEO");
  });

  it("that could run is only a link, whatever it was sent as", () => {
    show({ attachments: [file({ type: "image", mime_type: "application/octet-stream", name: "x.svg" })] });
    expect(screen.queryByRole("img", { name: /x.svg/u })).toBeNull();
    expect(screen.getByRole("link", { name: "x.svg" })).toBeVisible();
  });

  it("that is not here says why", () => {
    const shown = show({
      attachments: [
        file({ state: "pending", url: null }),
        file({ type: "audio", state: "unavailable", url: null, mime_type: null, name: null }),
      ],
    });
    expect(shown).toHaveTextContent("Picture: being fetched");
    expect(shown).toHaveTextContent("Voice message: no longer available");
  });

  it("keeps its address as long as that is good", () => {
    expect(steadyUrl("a", "first", 0)).toBe("first");
    expect(steadyUrl("a", "second", 60_000)).toBe("first");
    expect(steadyUrl("a", "third", 11 * 60_000)).toBe("third");
  });
});
