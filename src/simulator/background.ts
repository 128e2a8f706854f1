import { ALLOW, SUPPORTED } from "./phone-context.ts";
import type { HeaderValues } from "./phone.ts";
import type { IncomingRequest } from "./signalling.ts";

interface BackgroundAnswer {
  readonly status: number;
  readonly headers?: HeaderValues;
}

/** What a phone answers when its script says nothing: what a simple phone would, so that no exchange hangs. */
const ANSWERS: ReadonlyMap<string, BackgroundAnswer> = new Map([
  // RFC 3261 §11.2
  ["OPTIONS", { status: 200, headers: { Allow: ALLOW, Accept: "application/sdp", Supported: SUPPORTED } }],
  // Unsolicited ones (message waiting, check-sync) are accepted as phones do.
  ["NOTIFY", { status: 200 }],
  ["INFO", { status: 200 }],
  ["MESSAGE", { status: 200 }],
  // One that acknowledges nothing of ours (RFC 3262 §3).
  ["PRACK", { status: 481 }],
  // Accepting would promise a call and NOTIFYs about it (RFC 3515 §2.4.2).
  ["REFER", { status: 603 }],
  // RFC 6665 §4.2.1.1
  ["SUBSCRIBE", { status: 489, headers: { "Allow-Events": "message-summary" } }],
]);

const OTHERS: BackgroundAnswer = { status: 405, headers: { Allow: ALLOW } };

export async function answerInBackground(incoming: IncomingRequest): Promise<void> {
  const { status, headers } = ANSWERS.get(incoming.request.method) ?? OTHERS;
  await incoming.respond(status, headers ? { headers } : {});
}
