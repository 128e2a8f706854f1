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

/** A spelling in the hash table; spellings of the same slot hang on `next`. */
interface Spelling {
  /** Lower case. */
  readonly text: string;
  readonly id: HeaderId;
  readonly next: Spelling | undefined;
}

const SLOTS = 512;
const table: (Spelling | undefined)[] = new Array<Spelling | undefined>(SLOTS).fill(undefined);
const keys: string[] = [""];

/**
 * One step of the hash over a name's characters. `| 0x20` folds the case of letters; it maps no other two token
 * characters to one, and equality is compared anyway.
 */
export function hashStep(hash: number, code: number): number {
  return (Math.imul(hash, 31) + (code | 0x20)) | 0;
}

function hashOf(name: string): number {
  let hash = 0;
  for (let index = 0; index < name.length; index += 1) hash = hashStep(hash, name.charCodeAt(index));
  return hash;
}

function slotOf(hash: number): number {
  return (hash ^ (hash >>> 9)) & (SLOTS - 1);
}

function intern(text: string, id: HeaderId): void {
  const slot = slotOf(hashOf(text));
  table[slot] = { text, id, next: table[slot] };
}

ROWS.forEach(([name, , compact], index) => {
  keys.push(name.toLowerCase());
  intern(name.toLowerCase(), index + 1);
  if (compact !== undefined) intern(compact, index + 1);
});

/** The id of the name at `text[start, end)`, whose hash (by `hashStep`, from 0) the caller has; copies nothing. */
export function headerIdAt(text: string, start: number, end: number, hash: number): HeaderId {
  for (let spelling = table[slotOf(hash)]; spelling; spelling = spelling.next) {
    if (spelling.text.length === end - start && sameName(spelling.text, text, start)) return spelling.id;
  }
  return UNKNOWN_HEADER;
}

function sameName(lowerCase: string, text: string, start: number): boolean {
  for (let index = 0; index < lowerCase.length; index += 1) {
    if (lowerCase.charCodeAt(index) !== (text.charCodeAt(start + index) | 0x20)) return false;
  }
  return true;
}

/** The id of a header name in any spelling. */
export function headerId(name: string): HeaderId {
  return headerIdAt(name, 0, name.length, hashOf(name));
}

/** Lower-case long form, equal for all spellings of one header: `m`, `CONTACT` → `contact`. */
export function headerKey(name: string): string {
  const id = headerId(name);
  return id === UNKNOWN_HEADER ? name.toLowerCase() : (keys[id] ?? "");
}

/** Long form as its RFC prints it: `cseq` → `CSeq`, `i` → `Call-ID`. An unknown name stays as it is. */
export function canonicalHeaderName(name: string): string {
  return ROWS[headerId(name) - 1]?.[0] ?? name;
}

/** Whether several lines of this header equal one line with commas. Unknown headers are opaque: false. */
export function isListHeader(name: string): boolean {
  return isListId(headerId(name));
}

export function isListId(id: HeaderId): boolean {
  return ROWS[id - 1]?.[1] === "list";
}

/** Whether a second value of this header makes a message malformed. */
export function isSingleId(id: HeaderId): boolean {
  return ROWS[id - 1]?.[1] === "single";
}
