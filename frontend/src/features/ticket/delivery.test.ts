import { describe, expect, it } from "vitest";
import type { Delivery } from "../../api/types.ts";
import { makeDelivery, makeMessage, makeTicket } from "../../test/builders.ts";
import { decisionsOn, deliveryMark, deliveryReason, expectedOut } from "./delivery.ts";
import { windowSentence } from "./ReplyWindow.tsx";

const NOW = new Date(2026, 2, 1, 12, 0).getTime();
const ERROR = { code: "rate-limited", message: "No more for a while.", hint: "It goes out by itself." };
const going = (state: Delivery["state"], change: Partial<Delivery> = {}) =>
  makeMessage({ sender_type: "agent", delivery: makeDelivery(state, change) });

describe("a delivery", () => {
  it.each([
    ["queued", "Waiting to be sent"],
    ["sending", "Sending"],
    ["unknown", "Not confirmed"],
    ["sent", "Sent"],
    ["delivered", "Delivered"],
    ["read", "Read"],
    ["failed", "Not delivered"],
  ] as const)("that is %s is called what it is", (state, words) => {
    expect(deliveryMark(going(state))?.text).toBe(words);
  });

  it("that was taken back says that nothing was sent, and gives no other reason", () => {
    const error = { ...ERROR, code: "discarded" };
    const message = { ...going("failed", { error }), deleted_at: "2026-03-01T10:02:00.000Z" };
    expect(deliveryMark(message)?.text).toBe("Taken back, never sent");
    expect(deliveryReason(message)).toBeNull();
  });

  it("that was taken back in part is not said to have never been sent, and says what it means", () => {
    const error = { code: "rest-discarded", message: "The rest was taken back.", hint: "Send it again." };
    const message = going("failed", { error });
    expect(deliveryMark(message)?.text).toBe("Taken back in part");
    expect(deliveryReason(message)).toBe("The rest was taken back. Send it again.");
    expect(deliveryMark(going("queued", { error }))?.text).toBe("Waiting to be sent");
  });

  it("says what it waits for, and nothing of what was overcome", () => {
    expect(deliveryReason(going("queued", { error: ERROR }))).toBe(
      "No more for a while. It goes out by itself.",
    );
    expect(deliveryReason(going("delivered", { error: ERROR }))).toBeNull();
    expect(deliveryReason(going("unknown"))).toMatch(/may have arrived or not/);
  });

  it("tells about when it goes out, as long as it waits", () => {
    const at = (time: Date, message = going("queued")) =>
      expectedOut({ ...message, channel_specific_data: { expected_at: time.toISOString() } }, NOW);
    expect(at(new Date(2026, 2, 1, 12, 15))).toBe("goes out at about 12:15");
    expect(at(new Date(2026, 2, 2, 9, 5))).toBe("goes out on 2 Mar at about 09:05");
    expect(at(new Date(2026, 2, 1, 12, 15), going("sent"))).toBeNull();
    const odd = { ...going("queued"), channel_specific_data: { expected_at: "soon" } };
    expect(expectedOut(odd, NOW)).toBeNull();
  });

  it("offers what the desk offers, and leaves out what is not known here", () => {
    expect(decisionsOn(going("queued", { actions: ["discard"] }))).toEqual([["discard", "Undo"]]);
    expect(decisionsOn(going("failed", { actions: ["retry", "discard", "sing"] }))).toEqual([
      ["retry", "Send again"],
      ["discard", "Put away"],
    ]);
    expect(decisionsOn(going("unknown", { actions: ["arrived"] }))).toEqual([["arrived", "It arrived"]]);
  });
});

describe("the time to answer", () => {
  const said = (mode: "free" | "human_agent" | "template" | "closed", until: Date | null) =>
    windowSentence(makeTicket({ reply_window: { mode, until: until?.toISOString() ?? null } }), NOW);

  it("is not mentioned while there is enough of it", () => {
    expect(said("free", null)).toBeNull();
    expect(said("free", new Date(2026, 2, 1, 15, 1))).toBeNull();
  });

  it("is told when it ends soon, and when it is over", () => {
    expect(said("free", new Date(2026, 2, 1, 14, 30))?.sentence).toBe(
      "You can answer on WhatsApp until 14:30.",
    );
    expect(said("free", new Date(2026, 2, 1, 11, 30))).toMatchObject({ over: true });
    expect(said("human_agent", new Date(2026, 2, 5, 9, 0))?.sentence).toMatch(
      /answer yourself until Thursday 5 March, 09:00/,
    );
    expect(said("template", null)).toMatchObject({ over: true });
    expect(said("closed", null)?.sentence).toMatch(/lets nobody reply to this customer now/);
  });
});
