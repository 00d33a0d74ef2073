import "../../src/ui/tokens.css";
import "../../src/ui/base.css";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Sandbox } from "./Sandbox.tsx";

const place = document.getElementById("root");
if (place === null) throw new Error("index.html has no element with the id root");
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={new QueryClient()}>
      <Sandbox />
    </QueryClientProvider>
  </StrictMode>,
);
