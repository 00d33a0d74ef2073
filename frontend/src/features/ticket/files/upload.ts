import type { Api } from "../../../api/client.ts";
import { asProblem } from "../../../api/problem.ts";

/** The largest file the desk takes, in bytes. */
export const MAX_BYTES = 25 * 1024 * 1024;
const LOST = "The connection broke before the file was there.";
const EXPIRED = "The store did not take the file. Try it again.";
const TOO_LARGE = "The store did not take the file, because it is too large.";

/** Why a file is not taken at all, if so. */
export function unfit(file: File): string | null {
  if (file.size > MAX_BYTES) return "It is larger than 25 MB, which is more than can be sent.";
  return file.size === 0 ? "It is empty." : null;
}

/**
 * Puts a file into a place of its own, and returns the id by which a message names it. `progress` is told the part
 * that is there, from 0 to 1. Throws a sentence for people.
 */
export async function upload(
  api: Api,
  ticketId: string,
  file: File,
  progress: (part: number) => void,
  signal: AbortSignal,
): Promise<string> {
  const place = await api
    .POST("/api/tickets/{id}/attachments", { params: { path: { id: ticketId } }, signal })
    .catch((error: unknown) => {
      throw new Error(asProblem(error).message);
    });
  if (place.data === undefined) throw new Error(LOST);
  const { attachment_id, url, fields } = place.data;
  const form = new FormData();
  for (const { name, value } of fields) form.append(name, value);
  // The store reads nothing that comes after it.
  form.append("file", file);
  await post(url, form, progress, signal);
  return attachment_id;
}

/** `fetch` tells nothing of what was sent so far. */
function post(
  url: string,
  form: FormData,
  progress: (part: number) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    const fail = (sentence: string) => failed(new Error(sentence));
    request.upload.onprogress = ({ loaded, total }) => progress(total === 0 ? 0 : loaded / total);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) done();
      else fail(/EntityTooLarge/.test(request.responseText) ? TOO_LARGE : EXPIRED);
    };
    request.onerror = () => fail(LOST);
    request.onabort = () => fail(LOST);
    if (signal.aborted) return fail(LOST);
    signal.addEventListener("abort", () => request.abort());
    request.open("POST", url);
    request.send(form);
  });
}
