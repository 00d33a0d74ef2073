import "@testing-library/jest-dom/vitest";
import { cleanup } from "@testing-library/react";
import { afterAll, afterEach, beforeAll } from "vitest";
import { server } from "./server.ts";

// jsdom lays nothing out, so that nothing ever resizes.
globalThis.ResizeObserver = class {
  observe() {}
  unobserve() {}
  disconnect() {}
};

/** Calls nobody told the server of, which fail the test they happened in. */
const unknown: string[] = [];

beforeAll(() =>
  server.listen({
    onUnhandledRequest(request, print) {
      unknown.push(`${request.method} ${request.url}`);
      print.error();
    },
  }),
);
afterEach(() => {
  cleanup();
  server.resetHandlers();
  localStorage.clear();
  sessionStorage.clear();
  const calls = unknown.splice(0);
  if (calls.length > 0) throw new Error(`The test made calls nobody answers: ${calls.join(", ")}`);
});
afterAll(() => server.close());
