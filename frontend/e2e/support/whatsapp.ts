import { createHmac, randomUUID } from "node:crypto";

const SECRET = "dev-whatsapp-app-secret";

/** Somebody on WhatsApp whom no other test knows. */
export interface Customer {
  readonly name: string;
  readonly number: string;
}

/** A customer of one test. */
export function newCustomer(name: string): Customer {
  const digits = BigInt(`0x${randomUUID().replaceAll("-", "").slice(0, 12)}`) % 10_000_000_000n;
  return { name, number: `4${String(digits).padStart(10, "0")}` };
}

/** Writes to the desk as WhatsApp does, and returns the message's id. */
export async function writeOnWhatsApp(url: string, from: Customer, text: string): Promise<string> {
  const id = `wamid.e2e-${randomUUID()}`;
  const message = {
    from: from.number,
    id,
    timestamp: String(Math.floor(Date.now() / 1000)),
    type: "text",
    text: { body: text },
  };
  const value = {
    messaging_product: "whatsapp",
    metadata: { display_phone_number: "15550001", phone_number_id: "300001" },
    contacts: [{ profile: { name: from.name }, wa_id: from.number }],
    messages: [message],
  };
  const body = JSON.stringify({
    object: "whatsapp_business_account",
    entry: [{ id: "1", changes: [{ field: "messages", value }] }],
  });
  const signature = createHmac("sha256", SECRET).update(body).digest("hex");
  const response = await fetch(`${url}/api/webhooks/whatsapp`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Hub-Signature-256": `sha256=${signature}` },
    body,
  });
  if (!response.ok) throw new Error(`The webhook answered ${response.status}: ${await response.text()}`);
  return id;
}
