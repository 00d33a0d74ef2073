import { HttpResponse, http } from "msw";
import { describe, expect, it, vi } from "vitest";
import { makeTicket } from "../test/builders.ts";
import { server } from "../test/server.ts";
import { createApi, type TokenSource } from "./client.ts";
import { Problem } from "./problem.ts";

function client(change: Partial<TokenSource> = {}) {
  const tokens = { token: async () => "old", refreshed: async () => "new", refused: vi.fn(), ...change };
  return { api: createApi("", tokens), tokens };
}

const path = { id: "tkt_1" };

describe("the API client", () => {
  it("returns the very same object as long as the answer is the same", async () => {
    const asked: (string | null)[] = [];
    server.use(
      http.get("*/api/tickets/tkt_1", ({ request }) => {
        asked.push(request.headers.get("If-None-Match"));
        return asked.length === 2
          ? new HttpResponse(null, { status: 304 })
          : HttpResponse.json(makeTicket({ version: asked.length }), {
              headers: { ETag: `"${asked.length}"` },
            });
      }),
    );
    const { api } = client();
    const read = () =>
      api.fresh("ticket", (headers) => api.GET("/api/tickets/{id}", { params: { path }, headers }));
    const first = await read();
    expect(await read()).toBe(first);
    expect((await read()).version).toBe(3);
    expect(asked).toEqual([null, '"1"', '"1"']);
  });

  it("refreshes a refused token once and repeats the call with its body", async () => {
    const calls: [string | null, unknown][] = [];
    server.use(
      http.post("*/api/tickets/tkt_1/message", async ({ request }) => {
        const token = request.headers.get("Authorization");
        calls.push([token, await request.json()]);
        return token === "Bearer new"
          ? HttpResponse.json(makeTicket(), { status: 201 })
          : HttpResponse.json({ code: "unauthenticated" }, { status: 401 });
      }),
    );
    const { api, tokens } = client();
    await api.POST("/api/tickets/{id}/message", { params: { path }, body: { content: "Hi" } });
    expect(calls).toEqual([
      ["Bearer old", { content: "Hi" }],
      ["Bearer new", { content: "Hi" }],
    ]);
    expect(tokens.refused).not.toHaveBeenCalled();
  });

  it("says so when the refreshed token is refused too", async () => {
    server.use(http.get("*/api/me", () => HttpResponse.json({ code: "unauthenticated" }, { status: 401 })));
    const { api, tokens } = client();
    await expect(api.GET("/api/me")).rejects.toMatchObject({ code: "unauthenticated", passing: false });
    expect(tokens.refused).toHaveBeenCalledOnce();
  });

  it("calls what got no answer unreachable, and worth another try", async () => {
    server.use(http.get("*/api/me", () => HttpResponse.error()));
    await expect(client().api.GET("/api/me")).rejects.toMatchObject({
      code: "unreachable",
      status: 0,
      passing: true,
    });
  });

  it("does not take what the caller gave up for unreachable", async () => {
    server.use(http.get("*/api/me", () => new Promise<never>(() => undefined)));
    const caller = new AbortController();
    const call = client().api.GET("/api/me", { signal: caller.signal });
    caller.abort();
    await expect(call).rejects.not.toBeInstanceOf(Problem);
  });
});

describe("a problem", () => {
  it.each([
    [
      422,
      { code: "invalid-field", errors: [{ pointer: "/tags/0", detail: "is too long" }] },
      "tags/0: is too long",
    ],
    [
      404,
      { code: "ticket-not-found", detail: "x" },
      "There is no such ticket. It may have been merged or the link is wrong.",
    ],
    [409, { code: "something-new", detail: "Read this." }, "Read this."],
    [502, {}, "Something went wrong at the desk. Try again; if it stays so, tell an administrator."],
    [418, {}, "The desk refused this (418)."],
  ])("of status %i says what to do", (status, body, sentence) => {
    expect(new Problem(status, body).message).toBe(sentence);
  });

  it("passes when it is the desk's", () => {
    expect([0, 429, 503, 400, 412].map((status) => new Problem(status, {}).passing)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});
