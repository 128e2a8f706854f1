import type { Policies } from "./policies.ts";
import type { Ruling } from "./ruling.ts";

type Kind = "number" | "string" | "list" | "object";

/** The members of a union that may have this outcome. */
type WithOutcome<R, O> = R extends { readonly outcome: infer X } ? (O extends X ? R : never) : never;

type Shapes = {
  readonly [P in keyof Policies]?: {
    readonly [O in ReturnType<Policies[P]>["outcome"]]?: {
      readonly [K in keyof WithOutcome<ReturnType<Policies[P]>, O>]?: Kind;
    };
  };
};

const REFUSED = { status: "number", headers: "list" } as const;
const PERMITTED = { permitted: "list" } as const;

/** By policy and outcome, the fields that carrying the ruling out needs, besides outcome, rules and reason. */
const SHAPES: Shapes = {
  wordChallenge: { worded: { status: "number", headers: "list" } },
  identifyDevice: { identified: { device: "object" }, refused: REFUSED },
  verifyCredentials: { refused: REFUSED },
  admitRegistration: {
    bind: { line: "object", contact: "object", expiresSeconds: "number" },
    unbind: { line: "object" },
    query: { line: "object" },
    refused: REFUSED,
  },
  wordRegistration: { worded: { headers: "list" } },
  tellMessagesWaiting: { told: { summary: "string" } },
  admitCaller: { known: { binding: "object" }, refused: REFUSED },
  screenRequest: { service: { service: "object" }, refused: REFUSED },
  serveRequest: { "picked up": { ringing: "number" }, refused: REFUSED },
  answerOptions: { answered: { status: "number", headers: "list" } },
  routeCall: { route: { number: "string", targets: "list", diversions: "list" }, refused: REFUSED },
  admitCall: { refused: REFUSED },
  divertBusy: { diverted: { number: "string", by: "object" } },
  limitRinging: { limited: { seconds: "number" } },
  permittedMedia: { all: PERMITTED, "without video": PERMITTED, nothing: PERMITTED },
  wordSession: { worded: { session: "object" } },
  timeSession: { timed: { seconds: "number", refresher: "string" }, refused: REFUSED },
  proposeSessionTimer: { proposed: { seconds: "number" } },
  keepSession: { refreshed: { by: "string" } },
  followRefusal: { "tried again": { headers: "list" } },
  relayFailure: { relayed: REFUSED, mapped: REFUSED },
  admitReplacement: { refused: REFUSED },
  admitTransfer: { refused: REFUSED },
  migrateDevice: { kept: { device: "object" }, changed: { device: "object" } },
  defaultSettings: { defaults: { device: "object", line: "object" } },
  retainBinding: { kept: { device: "object", line: "object" } },
  resetDevice: { notify: { event: "string", contentType: "string", body: "string" } },
};

type ShapeTable = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Kind>>>>>>;

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "list" : value === null ? "null" : typeof value;
}

/**
 * What a ruling lacks, or undefined. Policies come from files that nobody type-checked: what one leaves out would show
 * somewhere else, much later. Outcomes of its own are left to it.
 */
export function lackOf(policy: string, ruling: Ruling): string | undefined {
  const { outcome } = ruling;
  const shapes = (SHAPES as ShapeTable)[policy] ?? {};
  if (!Object.hasOwn(shapes, outcome)) return undefined;
  for (const [field, kind] of Object.entries(shapes[outcome] ?? {})) {
    const found = kindOf((ruling as unknown as Readonly<Record<string, unknown>>)[field]);
    if (found !== kind) return `its ruling "${outcome}" needs ${field}: ${kind}, and has ${found}`;
  }
  return undefined;
}
