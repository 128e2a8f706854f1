import { WordTable } from "./word-table.ts";

/** How several values of a header stand in a message (RFC 3261 §7.3.1). */
type HeaderShape =
  /** Several lines equal one line with commas. */
  | "list"
  /** Exactly one value; a second one makes the message malformed. */
  | "single"
  /** May repeat, and its commas never separate values: challenges and credentials. */
  | "repeated";

type Row = readonly [name: string, shape: HeaderShape, compact?: string];

/** The headers we know, spelt as their RFCs print them, with the complete set of compact forms of IANA. */
const ROWS: readonly Row[] = [
  ["Via", "list", "v"],
  ["From", "single", "f"],
  ["To", "single", "t"],
  ["Call-ID", "single", "i"],
  ["CSeq", "single"],
  ["Max-Forwards", "single"],
  ["Contact", "list", "m"],
  ["Content-Length", "single", "l"],
  ["Content-Type", "single", "c"],
  ["Route", "list"],
  ["Record-Route", "list"],
  ["Expires", "single"],
  ["Authorization", "repeated"],
  ["Proxy-Authorization", "repeated"],
  ["WWW-Authenticate", "repeated"],
  ["Proxy-Authenticate", "repeated"],
  ["Accept", "list"],
  ["Accept-Contact", "list", "a"],
  ["Accept-Encoding", "list"],
  ["Accept-Language", "list"],
  ["Alert-Info", "list"],
  ["Allow", "list"],
  ["Allow-Events", "list", "u"],
  ["Authentication-Info", "list"],
  ["Call-Info", "list"],
  ["Content-Disposition", "single"],
  ["Content-Encoding", "list", "e"],
  ["Content-Language", "list"],
  ["Date", "single"],
  ["Diversion", "list"],
  ["Error-Info", "list"],
  ["Event", "single", "o"],
  ["Geolocation", "list"],
  ["History-Info", "list"],
  ["Identity", "repeated", "y"],
  ["Identity-Info", "repeated", "n"],
  ["In-Reply-To", "list"],
  ["MIME-Version", "single"],
  ["Min-Expires", "single"],
  ["Min-SE", "single"],
  ["Organization", "single"],
  ["P-Asserted-Identity", "list"],
  ["P-Associated-URI", "list"],
  ["P-Preferred-Identity", "list"],
  ["Path", "list"],
  ["Priority", "single"],
  ["Privacy", "single"],
  ["Proxy-Require", "list"],
  ["RAck", "single"],
  ["RSeq", "single"],
  ["Reason", "list"],
  ["Refer-To", "single", "r"],
  ["Referred-By", "single", "b"],
  ["Reject-Contact", "list", "j"],
  ["Remote-Party-ID", "list"],
  ["Replaces", "single"],
  ["Reply-To", "single"],
  ["Request-Disposition", "list", "d"],
  ["Require", "list"],
  ["Resource-Priority", "list"],
  ["Retry-After", "single"],
  ["SIP-ETag", "single"],
  ["SIP-If-Match", "single"],
  ["Security-Client", "list"],
  ["Security-Server", "list"],
  ["Security-Verify", "list"],
  ["Server", "single"],
  ["Service-Route", "list"],
  ["Session-Expires", "single", "x"],
  ["Subject", "single", "s"],
  ["Subscription-State", "single"],
  ["Supported", "list", "k"],
  ["Timestamp", "single"],
  ["Unsupported", "list"],
  ["User-Agent", "single"],
  ["Warning", "list"],
];

/** Number of a header in our table; 0 for a header that we do not know. Long and compact spelling have the same. */
export type HeaderId = number;

export const UNKNOWN_HEADER: HeaderId = 0;

/** By id. */
const SHAPES = [undefined, ...ROWS.map(([, shape]) => shape)];

/** By id. */
const KEYS = ["", ...ROWS.map(([name]) => name.toLowerCase())];

/** Ids of the names as their RFCs print them and in lower case, long and compact. */
const IDS = new Map<string, HeaderId>();

ROWS.forEach(([name, , compact], index) => {
  for (const spelling of [name, name.toLowerCase(), compact ?? name]) IDS.set(spelling, index + 1);
});

/** All names that we know, in lower case, long and compact. */
export const HEADER_SPELLINGS: readonly string[] = [...IDS.keys()].filter((name) => name === name.toLowerCase());

const SPELLINGS = new WordTable(HEADER_SPELLINGS, true);

/** By number of a spelling in the table. */
const SPELLING_IDS = Uint8Array.from(["", ...HEADER_SPELLINGS], (name) => IDS.get(name) ?? UNKNOWN_HEADER);

/** The id of the header name at `octets[start, end)`, a token, in any spelling. */
export function headerIdAt(octets: Uint8Array, start: number, end: number): HeaderId {
  return SPELLING_IDS[SPELLINGS.numberOf(octets, start, end)] ?? UNKNOWN_HEADER;
}

/** The id of a header name in any spelling. */
export function headerId(name: string): HeaderId {
  return IDS.get(name) ?? IDS.get(name.toLowerCase()) ?? UNKNOWN_HEADER;
}

/** Lower-case long form, equal for all spellings of one header: `m`, `CONTACT` → `contact`. */
export function headerKey(name: string): string {
  const id = headerId(name);
  return id === UNKNOWN_HEADER ? name.toLowerCase() : (KEYS[id] ?? "");
}

/** Long form as its RFC prints it: `cseq` → `CSeq`, `i` → `Call-ID`. An unknown name stays as it is. */
export function canonicalHeaderName(name: string): string {
  return ROWS[headerId(name) - 1]?.[0] ?? name;
}

/** Whether several lines of this header equal one line with commas. Unknown headers are opaque: false. */
export function isListId(id: HeaderId): boolean {
  return SHAPES[id] === "list";
}

/** Whether a second value of this header makes a message malformed. */
export function isSingleId(id: HeaderId): boolean {
  return SHAPES[id] === "single";
}
