import { headerKey, type SipMessage } from "../sip/message/index.ts";
import type { HeaderStyle } from "./endpoint-options.ts";

interface Place {
  readonly rank: number;
  readonly spelling: string;
}

/** A function that spells and orders a message's headers as `style` says; nothing but names and order changes. */
export function dresser(style: HeaderStyle): (message: SipMessage) => void {
  const places = new Map<string, Place>();
  style.order.forEach((spelling, rank) => {
    const key = headerKey(spelling);
    if (!places.has(key)) places.set(key, { rank, spelling });
  });
  return (message) => {
    const lines = message.headers.map(({ name, value }) => ({ name, value, place: places.get(headerKey(name)) }));
    lines.sort((a, b) => (a.place?.rank ?? style.order.length) - (b.place?.rank ?? style.order.length));
    for (const { name } of lines) message.delete(name);
    for (const { name, value, place } of lines.reverse()) message.addFirst(place?.spelling ?? name, value);
  };
}
