import { expect, it } from "vitest";
import { makeMessage } from "../../test/builders.ts";
import { withOlderPage, withWindow } from "./thread.ts";

const message = (position: number) => makeMessage({ position, message_id: `msg_${position}` });
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => message(from + index));
const positions = (thread: { messages: readonly { position: number }[] }) =>
  thread.messages.map((one) => one.position);

it("keeps what was loaded before the window, with the window's own content", () => {
  const loaded = { messages: range(1, 10), older: null };
  const window = [{ ...message(9), content: "edited" }, message(10), message(11)];
  const thread = withWindow(loaded, { timeline: window, older_timeline: "8" });
  expect(positions(thread)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect(thread.messages[8]?.content).toBe("edited");
  expect(thread.older).toBeNull();
});

it("starts again from the window when entries between were never seen", () => {
  const thread = withWindow(
    { messages: range(1, 5), older: null },
    { timeline: range(20, 29), older_timeline: "19" },
  );
  expect(positions(thread)[0]).toBe(20);
  expect(thread.older).toBe("19");
});

it("goes on where the window follows on what is loaded", () => {
  const thread = withWindow(
    { messages: range(1, 10), older: "0" },
    { timeline: range(11, 20), older_timeline: "10" },
  );
  expect(positions(thread)).toHaveLength(20);
  expect(thread.older).toBe("0");
});

it("takes the window's cursor when nothing before it is loaded", () => {
  const thread = withWindow(
    { messages: range(5, 8), older: "4" },
    { timeline: range(3, 8), older_timeline: "2" },
  );
  expect(thread.older).toBe("2");
});

it("puts an older page before the rest, and no entry twice", () => {
  const thread = withOlderPage(
    { messages: range(11, 20), older: "10" },
    { messages: range(4, 11), older_timeline: "3" },
  );
  expect(positions(thread)).toEqual(range(4, 20).map((one) => one.position));
  expect(thread.older).toBe("3");
});
