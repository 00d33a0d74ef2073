import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { makeMessage, makeTicket } from "../../test/builders.ts";
import { ME, renderDesk } from "../../test/render.tsx";
import { server } from "../../test/server.ts";
import TicketPage from "./TicketPage.tsx";
import { useOutboxSender } from "./useOutbox.ts";

/** The store's side of an upload: it takes the file when the test says so. */
class Upload {
  static all: Upload[] = [];
  upload: { onprogress: (event: { loaded: number; total: number }) => void } = { onprogress: () => {} };
  onload = () => {};
  onerror = () => {};
  onabort = () => {};
  status = 0;
  responseText = "";
  url = "";
  form = new FormData();
  aborted = false;

  open(_method: string, url: string) {
    this.url = url;
  }
  send(form: FormData) {
    this.form = form;
    Upload.all.push(this);
  }
  abort() {
    this.aborted = true;
    this.onabort();
  }
  answer(status: number, responseText = "") {
    this.status = status;
    this.responseText = responseText;
    act(() => this.onload());
  }
}

beforeEach(() => {
  Upload.all = [];
  vi.stubGlobal("XMLHttpRequest", Upload);
  return () => {
    // What is on its way outlives a page, and would outlive a test.
    for (const upload of Upload.all) upload.onabort();
    vi.unstubAllGlobals();
  };
});

interface Posted {
  content?: string;
  attachments?: { attachment_id: string; name: string }[];
}

function Page({ id }: { id: string }) {
  useOutboxSender();
  return <TicketPage id={id} back="/" />;
}

async function open() {
  let ticket = makeTicket();
  const posts: Posted[] = [];
  let places = 0;
  const url = `*/api/tickets/${ticket.ticket_id}`;
  server.use(
    http.get(url, () => HttpResponse.json(ticket)),
    http.get("*/api/agents", () => HttpResponse.json({ agents: [ME] })),
    http.get("*/api/customers/:id", () => HttpResponse.json({}, { status: 404 })),
    http.get("*/api/customers/:id/tickets", () =>
      HttpResponse.json({ tickets: [], next_cursor: null, as_of: "2026-03-01T10:00:00.000Z" }),
    ),
    http.post(`${url}/attachments`, () => {
      places += 1;
      return HttpResponse.json(
        {
          attachment_id: `att_${places}`,
          url: "http://127.0.0.1:9/bucket",
          fields: [
            { name: "key", value: `uploads/${places}` },
            { name: "policy", value: "signed" },
          ],
          max_bytes: 26_214_400,
          expires_at: "2026-03-01T10:15:00.000Z",
        },
        { status: 201 },
      );
    }),
    http.post(`${url}/message`, async ({ request }) => {
      posts.push((await request.json()) as Posted);
      const sent = makeMessage({ position: 2, sender_type: "agent", agent_id: ME.agent_id, content: "" });
      ticket = { ...ticket, version: ticket.version + 1, timeline: [...ticket.timeline, sent] };
      return HttpResponse.json(ticket, { status: 201 });
    }),
  );
  const user = userEvent.setup();
  renderDesk(<Page id={ticket.ticket_id} />, `/tickets/${ticket.ticket_id}`);
  await screen.findByRole("textbox", { name: "Reply to Ann Weber" });
  const choose = (...files: File[]) => user.upload(screen.getByLabelText("Files"), files);
  return { ticket, posts, user, choose };
}

const pdf = (name = "bill.pdf") => new File(["%PDF-1.7"], name, { type: "application/pdf" });
const send = () => screen.getByRole("button", { name: "Send reply" });
const listed = () => within(screen.getByRole("list", { name: "Files to send" }));
const started = async (count: number) => {
  await waitFor(() => expect(Upload.all).toHaveLength(count));
  return Upload.all[count - 1] ?? expect.fail();
};

describe("files beside a reply", () => {
  it("are put into their places, with progress, and sent without words", async () => {
    const { posts, user, choose } = await open();
    await choose(pdf());
    const upload = await started(1);
    expect(upload.url).toBe("http://127.0.0.1:9/bucket");
    expect([...upload.form.keys()]).toEqual(["key", "policy", "file"]);
    act(() => upload.upload.onprogress({ loaded: 3, total: 4 }));
    expect(await screen.findByRole("progressbar", { name: "Upload of bill.pdf" })).toHaveAttribute(
      "value",
      "75",
    );
    expect(send()).toBeDisabled();
    upload.answer(204);
    await waitFor(() => expect(send()).toBeEnabled());
    await user.click(send());
    await waitFor(() => expect(posts).toHaveLength(1));
    expect(posts[0]).toMatchObject({
      content: "",
      attachments: [{ attachment_id: "att_1", name: "bill.pdf" }],
    });
    expect(screen.queryByRole("list", { name: "Files to send" })).not.toBeInTheDocument();
  });

  it("that failed say why, and are tried again", async () => {
    const { choose, user } = await open();
    await choose(pdf());
    (await started(1)).answer(403, "<Code>AccessDenied</Code>");
    expect(await screen.findByRole("alert")).toHaveTextContent("The store did not take the file.");
    expect(send()).toBeDisabled();
    await user.click(screen.getByRole("button", { name: "Try bill.pdf again" }));
    const again = await started(2);
    expect(again.form.get("key")).toBe("uploads/2");
    again.answer(204);
    await waitFor(() => expect(send()).toBeEnabled());
  });

  it("can be cancelled on their way and removed afterwards", async () => {
    const { choose, user } = await open();
    await choose(pdf("a.pdf"), pdf("b.pdf"));
    await started(2);
    await user.click(screen.getByRole("button", { name: "Cancel a.pdf" }));
    expect(Upload.all[0]?.aborted).toBe(true);
    Upload.all[1]?.answer(204);
    await user.click(await screen.findByRole("button", { name: "Remove b.pdf" }));
    expect(screen.queryByRole("list", { name: "Files to send" })).not.toBeInTheDocument();
  });

  it("that are too large or empty are told at once", async () => {
    const { choose } = await open();
    const large = pdf("large.pdf");
    Object.defineProperty(large, "size", { value: 26_214_401 });
    await choose(large, new File([], "empty.txt"));
    const [first, second] = await screen.findAllByRole("alert");
    expect(first).toHaveTextContent("It is larger than 25 MB");
    expect(second).toHaveTextContent("It is empty.");
    expect(Upload.all).toHaveLength(0);
  });

  it("beyond twenty are left out, and it is said", async () => {
    const { choose } = await open();
    await choose(...Array.from({ length: 22 }, (_, index) => pdf(`${index}.pdf`)));
    expect(await screen.findByText("A message holds 20 files at most: 2 left out")).toBeVisible();
    expect(listed().getAllByRole("listitem")).toHaveLength(20);
    await started(3);
    for (const remove of screen.getAllByRole("button", { name: /^(Remove|Cancel)/ })) fireEvent.click(remove);
    expect(screen.queryByRole("list", { name: "Files to send" })).not.toBeInTheDocument();
  });

  it("may be pasted and dropped", async () => {
    await open();
    const field = screen.getByRole("textbox", { name: "Reply to Ann Weber" });
    fireEvent.paste(field, { clipboardData: { files: [pdf("pasted.png")], types: ["Files"] } });
    fireEvent.drop(field, { dataTransfer: { files: [pdf("dropped.pdf")], types: ["Files"] } });
    expect(await screen.findByText("pasted.png")).toBeVisible();
    expect(screen.getByText("dropped.pdf")).toBeVisible();
    await started(2);
  });

  it("that the desk refuses are named, and come back with what is wrong with them", async () => {
    const { ticket, choose, user } = await open();
    server.use(
      http.post(`*/api/tickets/${ticket.ticket_id}/message`, () =>
        HttpResponse.json(
          {
            code: "invalid-field",
            status: 422,
            errors: [{ pointer: "/attachments/1", detail: "WhatsApp takes no such files" }],
          },
          { status: 422 },
        ),
      ),
    );
    await choose(pdf("a.pdf"), pdf("b.exe"));
    await started(2);
    for (const upload of Upload.all) upload.answer(204);
    await user.type(screen.getByRole("textbox", { name: "Reply to Ann Weber" }), "Here they are");
    await waitFor(() => expect(send()).toBeEnabled());
    await user.click(send());
    const refused = await screen.findByRole("article", { name: "Reply not confirmed yet" });
    await waitFor(() => expect(refused).toHaveTextContent("b.exe: WhatsApp takes no such files"));
    await user.click(screen.getByRole("button", { name: "Edit and send again" }));
    const [first, second] = listed().getAllByRole("listitem");
    expect(first).not.toHaveTextContent("takes no such");
    expect(second).toHaveTextContent("WhatsApp takes no such files");
    await user.click(screen.getByRole("button", { name: "Remove b.exe" }));
    expect(send()).toBeEnabled();
  });
});
