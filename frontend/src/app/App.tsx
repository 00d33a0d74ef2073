import { lazy, Suspense, useEffect, useState } from "react";
import { currentState, type SessionState, watchSession } from "../auth/session.ts";
import type { Config } from "./config.ts";
import { FaultBoundary } from "./Failure.tsx";
import { SignedIn } from "./SignedIn.tsx";

const SignIn = lazy(() => import("../auth/SignIn.tsx"));

/** The workbench for whoever is signed in, else the sign-in page at the same address. */
export function App({ config }: { config: Config }) {
  const [state, setState] = useState<SessionState>();
  useEffect(() => {
    let current = true;
    void currentState().then((now) => current && setState((known) => known ?? now));
    const stop = watchSession(setState);
    return () => {
      current = false;
      stop();
    };
  }, []);

  if (state === undefined) return null;
  return (
    <FaultBoundary>
      {state === "signed-in" ? (
        <SignedIn config={config} onRefused={() => setState("expired")} />
      ) : (
        <Suspense>
          <SignIn expired={state === "expired"} />
        </Suspense>
      )}
    </FaultBoundary>
  );
}
