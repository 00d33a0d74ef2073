import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useDesk } from "../../../api/context.ts";
import { asProblem } from "../../../api/problem.ts";
import frameStyle from "./frame.css?url";
import { frameDocument, linesOf } from "./frameDocument.ts";
import styles from "./Mail.module.css";

const LINE_PX = 22;
/** Of its edges and of a folded quote. */
const AROUND_PX = 64;
const HIGHEST_PX = 480;
/** Milliseconds: pictures have addresses that are good for 15 minutes. */
const GOOD_MS = 10 * 60_000;

interface Props {
  html: string;
  files: readonly string[];
  label: string;
}

/**
 * HTML of a mail in a frame that runs no script, sends no form and is of no origin. What is shown first stays: each
 * answer of the desk has other addresses for the same pictures, and would put the reader back to the start.
 */
export function MailFrame({ html, files, label }: Props) {
  const [shown] = useState(() => ({
    document: frameDocument(html, { style: new URL(frameStyle, window.location.href).href, files }),
    height: Math.min(HIGHEST_PX, AROUND_PX + linesOf(html) * LINE_PX),
  }));
  return (
    <div className={styles.frame} style={{ height: shown.height }}>
      <iframe
        title={label}
        sandbox="allow-popups allow-popups-to-escape-sandbox"
        referrerPolicy="no-referrer"
        srcDoc={shown.document}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
      />
    </div>
  );
}

/** HTML that is too long for a timeline, read when it is asked for. */
export function FetchedMailFrame({
  ticketId,
  position,
  files,
  label,
}: Omit<Props, "html"> & { ticketId: string; position: number }) {
  const { api } = useDesk();
  const { data, error } = useQuery({
    queryKey: ["mail", ticketId, position],
    queryFn: async ({ signal }) => {
      const path = { id: ticketId, position };
      const { data } = await api.GET("/api/tickets/{id}/timeline/{position}/html", {
        params: { path },
        signal,
      });
      return data?.html ?? "";
    },
    staleTime: GOOD_MS,
    gcTime: GOOD_MS,
    refetchInterval: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  if (data !== undefined) return <MailFrame html={data} files={files} label={label} />;
  return error === null ? (
    <p role="status" className={styles.waiting}>
      Loading the formatted mail…
    </p>
  ) : (
    <p role="alert" className={styles.waiting}>
      {asProblem(error).message}
    </p>
  );
}
