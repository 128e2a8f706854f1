import { UsageError } from "../core/errors.ts";
import { addClaim, addSelector, type Verdict } from "./claim.ts";
import { sdpViewOf, showLines, type LineView, type SdpView } from "./sdp-view.ts";
import type { MediaKind } from "./types.ts";

/** What one leg of a back-to-back user agent sent, and what came of it on the other. */
class Relay {
  readonly sent: SdpView;
  readonly received: SdpView;

  constructor(sent: SdpView, received: SdpView) {
    this.sent = sent;
    this.received = received;
  }

  /** Both sides, the lines of interest with an arrow. */
  show(kind: MediaKind): string {
    const side = ({ lines }: SdpView): string =>
      showLines(
        lines,
        lines?.filter((line) => line.isOfKind(kind)),
      );
    return `  sent:\n${side(this.sent)}\n  received:\n${side(this.received)}`;
  }
}

export function addRelayClaims(): void {
  addSelector("relayedAs", (subject, received: unknown) => {
    const relay = new Relay(sdpViewOf(subject), sdpViewOf(received));
    return { subject: relay, selection: { text: `${relay.sent.label} as relayed` } };
  });
  addClaim("stripped", judgeStripped);
  addClaim("preserved", judgePreserved);
}

function relayOf(subject: unknown): Relay {
  if (subject instanceof Relay) return subject;
  throw new UsageError("say first what was received: expect(sent).relayedAs(received).to.have.stripped(…)", {
    code: "ERR_ASSERTION_SUBJECT",
  });
}

function liveLines({ lines }: SdpView, kind: MediaKind): LineView[] {
  return lines?.filter((line) => line.live && line.isOfKind(kind)) ?? [];
}

function judgeStripped(subject: unknown, kind: MediaKind): Verdict {
  const relay = relayOf(subject);
  const sent = liveLines(relay.sent, kind);
  const left = liveLines(relay.received, kind);
  const verdict = {
    subject: "what was relayed",
    predicate: `have lost its ${kind}`,
    expected: `no live ${kind}`,
    shown: relay.show(kind),
  };
  if (left.length > 0) {
    return { ...verdict, outcome: false, received: `it is still live in ${positions(left)} of what was received` };
  }
  if (sent.length === 0) return { ...verdict, outcome: "unverified", received: `no live ${kind} was sent` };
  // The description may still come, in the ACK of a delayed offer.
  if (!relay.received.lines) return { ...verdict, outcome: "unverified", received: "no SDP was received" };
  return { ...verdict, outcome: true, received: `${kind} is gone` };
}

function judgePreserved(subject: unknown, kind: MediaKind): Verdict {
  const relay = relayOf(subject);
  const sent = liveLines(relay.sent, kind);
  const received = liveLines(relay.received, kind);
  const verdict = {
    subject: "what was relayed",
    predicate: `have kept its ${kind}`,
    expected: `${kind} as sent`,
    shown: relay.show(kind),
  };
  if (sent.length === 0) return { ...verdict, outcome: "unverified", received: `no live ${kind} was sent` };
  const changes = sent.flatMap((line, index) => changesOf(line, received[index], kind));
  if (received.length > sent.length)
    changes.push(`${received.length - sent.length} more ${kind} came out than went in`);
  return { ...verdict, outcome: changes.length === 0, received: changes.join("; ") || `${kind} came through` };
}

function changesOf(sent: LineView, received: LineView | undefined, kind: MediaKind): string[] {
  if (!received) return [`the ${kind} of m-line ${sent.position} is not live where it was received`];
  const changes: string[] = [];
  const before = codecNames(sent);
  const after = codecNames(received);
  if (before.length > 0 && !isSelectionOf(after, before)) {
    changes.push(`codecs ${before.join(" ")} became ${after.join(" ") || "none"}`);
  }
  if (sent.direction !== received.direction) changes.push(`${sent.direction} became ${received.direction}`);
  if (sent.content !== received.content) {
    changes.push(`content ${sent.content ?? "none"} became ${received.content ?? "none"}`);
  }
  return changes;
}

function codecNames(line: LineView): string[] {
  return line.codecs.map(({ name, clockRate }) => `${name.toLowerCase()}/${clockRate}`);
}

/** Some of `all`, at least one, in the same order. */
function isSelectionOf(some: readonly string[], all: readonly string[]): boolean {
  let from = 0;
  for (const item of some) {
    const place = all.indexOf(item, from);
    if (place < 0) return false;
    from = place + 1;
  }
  return some.length > 0;
}

function positions(lines: readonly LineView[]): string {
  return `m-line ${lines.map(({ position }) => position).join(" and ")}`;
}
