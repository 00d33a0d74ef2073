import type { Info } from "./stack.ts";

/** Items of a BatchWriteItem. */
const BATCH = 25;
/** Batches under way at a time. */
const AT_ONCE = 4;
const SHARDS = 4;

type Attribute = { S: string } | { N: string } | { M: Item } | { L: Attribute[] };
interface Item {
  [name: string]: Attribute;
}

/** Calls the embedded DynamoDB. It checks no signature, but wants one. */
async function dynamodb<T>(info: Info, operation: string, body: unknown): Promise<T> {
  const response = await fetch(info.dynamodb_url, {
    method: "POST",
    headers: {
      "X-Amz-Target": `DynamoDB_20120810.${operation}`,
      "Content-Type": "application/x-amz-json-1.0",
      "X-Amz-Date": "20260101T000000Z",
      Authorization:
        "AWS4-HMAC-SHA256 Credential=e2e/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=e2e",
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${operation} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

/** Puts `count` copies of a ticket into the table, each with its own id, reference, time and customer's name. */
export async function copyTicket(info: Info, ticketId: string, count: number): Promise<void> {
  const { Item: original } = await dynamodb<{ Item: Item }>(info, "GetItem", {
    TableName: info.tables.tickets,
    Key: { ticket_id: { S: ticketId } },
  });
  const started = Date.now();
  const copies = Array.from({ length: count }, (_, index) => copyOf(original, index, started));
  const batches = Array.from({ length: Math.ceil(count / BATCH) }, (_, index) =>
    copies.slice(index * BATCH, (index + 1) * BATCH),
  );
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let batch = batches.pop(); batch !== undefined; batch = batches.pop()) {
        const requests = batch.map((item) => ({ PutRequest: { Item: item } }));
        await dynamodb(info, "BatchWriteItem", { RequestItems: { [info.tables.tickets]: requests } });
      }
    }),
  );
}

function copyOf(original: Item, index: number, started: number): Item {
  const number = String(index).padStart(5, "0");
  const id = `tkt_01e2e${number}00000000000000000`.slice(0, 30);
  const at = new Date(started - index * 60_000).toISOString();
  const shard = index % SHARDS;
  const customer = (original.customer as { M: Item }).M;
  return {
    ...original,
    ticket_id: { S: id },
    reference: { S: `E2E${number}` },
    created_at: { S: at },
    updated_at: { S: at },
    activity: { S: `${at}#${id}` },
    status_timestamp: { S: `new#${at}` },
    shard: { N: String(shard) },
    inbox: { S: `new#${String(shard).padStart(2, "0")}` },
    customer: { M: { ...customer, name: { S: `Customer ${number}` } } },
  };
}
