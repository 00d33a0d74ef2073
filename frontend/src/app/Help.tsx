import { Dialog } from "../ui/Dialog.tsx";
import styles from "./Help.module.css";

const KEYS: readonly (readonly [string, string, string?])[] = [
  ["j", "Next ticket", "↓"],
  ["k", "Previous ticket", "↑"],
  ["Enter", "Open the ticket"],
  ["u", "Back to the list"],
  ["/", "Search"],
  ["r", "Write a reply"],
  ["n", "Write an internal note"],
  ["a", "Attach files"],
  ["t", "Choose a template (WhatsApp)"],
  ["z", "Take back a mail just sent", "Ctrl+Z"],
  ["Ctrl+Enter", "Send what you wrote"],
  ["Esc", "Leave the text field"],
  ["?", "This help"],
];

/** The keyboard shortcuts. */
export default function Help({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <dl className={styles.keys}>
        {KEYS.map(([key, what, other]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
              {other !== undefined && (
                <>
                  {" or "}
                  <kbd>{other}</kbd>
                </>
              )}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
