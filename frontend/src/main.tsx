import "./ui/tokens.css";
import "./ui/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App.tsx";
import { loadConfig } from "./app/config.ts";
import { Failure } from "./app/Failure.tsx";
import { configureSession } from "./auth/session.ts";

const place = document.getElementById("root");
if (place === null) throw new Error("index.html has no element with the id root");
const root = createRoot(place);

loadConfig().then(
  (config) => {
    configureSession(config.cognito);
    root.render(
      <StrictMode>
        <App config={config} />
      </StrictMode>,
    );
  },
  (error: Error) => root.render(<Failure sentence={error.message} />),
);
