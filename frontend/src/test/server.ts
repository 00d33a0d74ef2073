import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";

/** Whoever types a reply says so, whatever the test is about. */
const typing = http.post("*/api/tickets/:id/typing", () => new HttpResponse(null, { status: 204 }));

/** Answers what tests tell it to. A call nobody told it of fails the test. */
export const server = setupServer(typing);
