import { useEffect, useState } from "react";
import { Banner } from "../../src/ui/Banner.tsx";
import { Button } from "../../src/ui/Button.tsx";
import { classes } from "../../src/ui/classes.ts";
import { ThemeSwitch } from "../../src/ui/ThemeSwitch.tsx";
import type { State } from "./api.ts";
import { Customers } from "./Customers.tsx";
import { Inspector } from "./Inspector.tsx";
import { Phone } from "./Phone.tsx";
import { Platform } from "./Platform.tsx";
import styles from "./Sandbox.module.css";
import { useAct, useInfo, useSandbox } from "./useSandbox.ts";

type Pane = "customers" | "phone" | "platform";

const PANES: readonly (readonly [Pane, string])[] = [
  ["customers", "Customers"],
  ["phone", "Phone"],
  ["platform", "Platform"],
];

/** The chosen customer, kept in the address so that a link leads there. */
function useChosen(): [string | null, (id: string) => void] {
  const read = () => new URLSearchParams(window.location.search).get("customer");
  const [chosen, setChosen] = useState(read);
  useEffect(() => {
    const onPop = () => setChosen(new URLSearchParams(window.location.search).get("customer"));
    window.addEventListener("popstate", onPop);
    return () => window.removeEventListener("popstate", onPop);
  }, []);
  return [
    chosen,
    (id) => {
      window.history.pushState(null, "", `?customer=${encodeURIComponent(id)}`);
      setChosen(id);
    },
  ];
}

/** The sandbox: be the customer, and make the platforms fail. */
export function Sandbox() {
  const { data: state, isError } = useSandbox();
  const info = useInfo().data;
  const [pane, setPane] = useState<Pane>("phone");
  return (
    <div className={styles.page}>
      <header className={styles.top}>
        <img src="/favicon.svg" alt="" width="22" height="22" />
        <h1 className={styles.title}>Sandbox</h1>
        <p className={styles.what}>
          Be the customer: what you write here reaches the desk as the real platform would send it.
        </p>
        <p className={styles.signIn}>
          {info !== undefined && (
            <>
              Sign in there as <code>{info.agent.email}</code> with <code>{info.agent.password}</code>
            </>
          )}
        </p>
        <a className={styles.open} href="/" target="_blank" rel="noopener">
          Open the workbench
        </a>
        <ThemeSwitch />
      </header>
      <div aria-live="assertive">
        {isError && (
          <Banner tone="danger">
            The local stack cannot be reached. Start it with make run; this page goes on by itself.
          </Banner>
        )}
      </div>
      <fieldset className={styles.tabs} aria-label="What to show">
        {PANES.map(([name, label]) => (
          <Button
            key={name}
            small
            look={pane === name ? "plain" : "quiet"}
            aria-pressed={pane === name}
            onClick={() => setPane(name)}
          >
            {label}
          </Button>
        ))}
      </fieldset>
      {state !== undefined && <Panes state={state} pane={pane} onPane={setPane} />}
    </div>
  );
}

function Panes({ state, pane, onPane }: { state: State; pane: Pane; onPane: (pane: Pane) => void }) {
  const [chosenId, choose] = useChosen();
  const [messageId, setMessageId] = useState<string | null>(null);
  const act = useAct();
  const customer = state.customers.find((one) => one.id === chosenId) ?? state.customers[0];
  const channel = state.channels.find((one) => one.channel === customer?.channel);
  const inspected = state.messages.find((message) => message.id === messageId);
  if (customer === undefined || channel === undefined) return null;
  const shown = (name: Pane) => classes(styles.pane, styles[name], pane === name && styles.shown);
  return (
    <div className={styles.panes}>
      <div className={shown("customers")}>
        <Customers
          state={state}
          chosen={customer.id}
          onChoose={(id) => {
            choose(id);
            onPane("phone");
          }}
          act={act}
        />
      </div>
      <main className={shown("phone")}>
        {act.error !== null && (
          <Banner
            tone="danger"
            actions={
              <Button small look="quiet" onClick={() => act.reset()}>
                Dismiss
              </Button>
            }
          >
            {act.error.message}
          </Banner>
        )}
        <Phone
          key={customer.id}
          customer={customer}
          channel={channel}
          messages={state.messages.filter((message) => message.customer_id === customer.id)}
          inspected={messageId}
          onInspect={(id) => {
            setMessageId(id);
            onPane("platform");
          }}
          act={act}
        />
      </main>
      <aside aria-label="What the platform does" className={shown("platform")}>
        <Platform state={state} channel={channel} customer={customer} act={act} />
        {inspected !== undefined && (
          <Inspector message={inspected} act={act} onClose={() => setMessageId(null)} />
        )}
      </aside>
    </div>
  );
}
