import { setupServer } from "msw/node";

/** Answers what tests tell it to. A call nobody told it of fails the test. */
export const server = setupServer();
