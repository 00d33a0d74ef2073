import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { beforeAll, describe, expect, it } from "vitest";
import type { Account } from "../../api/types.ts";
import { makeAccount } from "../../test/builders.ts";
import { COLLEAGUE, ME, renderDesk } from "../../test/render.tsx";
import { server } from "../../test/server.ts";
import ChannelsPage from "./ChannelsPage.tsx";

beforeAll(() => {
  // jsdom has no modal dialogs.
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function close() {
    this.open = false;
  };
});

async function open(accounts: Account[]) {
  const desk = { accounts, puts: [] as string[] };
  server.use(
    http.get("*/api/agents", () => HttpResponse.json({ agents: [ME, COLLEAGUE] })),
    http.get("*/api/channels", () => HttpResponse.json({ channels: desk.accounts })),
    http.put("*/api/channels/:channel/:account", async ({ params, request }) => {
      const { state } = (await request.json()) as { state: Account["state"] };
      desk.puts.push(`${params.channel} ${params.account} ${state}`);
      desk.accounts = desk.accounts.map((account) =>
        account.account_id === params.account
          ? { ...account, state, paused_by: state === "ok" ? null : COLLEAGUE.agent_id, reason: null }
          : account,
      );
      return HttpResponse.json(desk.accounts.find(({ account_id }) => account_id === params.account));
    }),
  );
  const user = userEvent.setup();
  renderDesk(<ChannelsPage />, "/channels", COLLEAGUE);
  await screen.findByRole("table", { name: "Accounts" });
  return { desk, user };
}

const row = (account: string) => {
  const found = screen.getByRole("rowheader", { name: new RegExp(account) }).closest("tr");
  return found ?? expect.fail(`No row of ${account}`);
};

describe("the channels", () => {
  it("tell how each account stands, what is in trouble first", async () => {
    const since = new Date(Date.now() - 12 * 60_000).toISOString();
    await open([
      makeAccount({ channel: "facebook", account_id: "100001" }),
      makeAccount({
        state: "paused",
        reason: "The access token has expired.",
        since,
        queue: { messages: 1_204, since },
        last_error: { at: since, code: "190", message: "The token is not valid.", hint: "Put a new one." },
        next_try_at: new Date(Date.now() + 60_000).toISOString(),
      }),
    ]);
    const [, first] = screen.getAllByRole("row");
    expect(first).toBe(row("300001"));
    const cells = within(row("300001")).getAllByRole("cell");
    expect(cells[0]).toHaveTextContent("StoppedThe access token has expired. since");
    expect(cells[1]).toHaveTextContent(/1,204oldest 1[12] min/);
    expect(cells[3]).toHaveTextContent("190The token is not valid.Put a new one.");
    expect(row("100001")).toHaveTextContent(/Working.*Nothing.*Not known.*None/);
  });

  it("are paused after a question, and resumed without one", async () => {
    const { desk, user } = await open([makeAccount()]);
    await user.click(screen.getByRole("button", { name: "Pause WhatsApp 300001" }));
    const question = screen.getByRole("dialog", { name: "Pause WhatsApp 300001?" });
    expect(desk.puts).toEqual([]);
    await user.click(within(question).getByRole("button", { name: "Pause it" }));
    await waitFor(() => expect(row("300001")).toHaveTextContent("Pausedby Sam Rivera"));
    await user.click(screen.getByRole("button", { name: "Resume WhatsApp 300001" }));
    await waitFor(() => expect(row("300001")).toHaveTextContent("Working"));
    expect(desk.puts).toEqual(["whatsapp 300001 paused", "whatsapp 300001 ok"]);
  });

  it("stay as they are when the question is answered with no", async () => {
    const { desk, user } = await open([makeAccount()]);
    await user.click(screen.getByRole("button", { name: "Pause WhatsApp 300001" }));
    await user.click(screen.getByRole("button", { name: "Leave it" }));
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
    expect(desk.puts).toEqual([]);
  });

  it("that stopped by themselves are tried at once when told", async () => {
    const { desk, user } = await open([makeAccount({ state: "paused", reason: "The token has expired." })]);
    await user.click(screen.getByRole("button", { name: "Try WhatsApp 300001 now" }));
    await waitFor(() => expect(desk.puts).toEqual(["whatsapp 300001 ok"]));
  });

  it("say why a switch was refused", async () => {
    const { user } = await open([makeAccount({ state: "paused", paused_by: COLLEAGUE.agent_id })]);
    server.use(
      http.put("*/api/channels/:channel/:account", () =>
        HttpResponse.json({ code: "account-not-found", status: 404 }, { status: 404 }),
      ),
    );
    await user.click(screen.getByRole("button", { name: "Resume WhatsApp 300001" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("Not changed. This account is not among");
  });

  it("are for supervisors", () => {
    renderDesk(<ChannelsPage />, "/channels", ME);
    expect(screen.getByRole("alert")).toHaveTextContent("This page is for supervisors.");
  });
});
