/** Whether the text holds units that one octet cannot. */
function exceedsOctets(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 0xff) return true;
  return false;
}

/** Whether every octet is one of ASCII. */
export function isAscii(text: string): boolean {
  return !BEYOND_ASCII.test(text);
}

const BEYOND_ASCII = /[\u0080-\uffff]/;

/** Text for people from an octet string: its octets read as UTF-8, broken sequences as U+FFFD. */
export function decodeText(octetText: string): string {
  return isAscii(octetText) ? octetText : Buffer.from(octetText, "latin1").toString("utf8");
}

/** Octet string from text: one unit (0–255) for each octet of its UTF-8 form. */
export function encodeText(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, "utf8").toString("latin1");
}

/** A caller's value as octet string: units above 255 show that it is text, so it becomes UTF-8; otherwise it stays. */
export function toOctetText(value: string): string {
  return exceedsOctets(value) ? encodeText(value) : value;
}

function isLineBreaker(code: number): boolean {
  return code === 0x0d || code === 0x0a || code === 0x00;
}

/**
 * A caller's value made safe for one header line: octet string, each run of CR, LF and NUL (with the blanks after it)
 * replaced by one space, no blanks at the ends. Whatever comes in, no second header line can come out.
 */
export function toHeaderValue(value: string): string {
  return UNCLEAN.test(value) ? cleaned(value) : value;
}

/** Whether the value cannot stand as it is, which is rare. Native search is faster than a loop over its characters. */
const UNCLEAN = /[\r\n\0\u0100-\uffff]|^[ \t]|[ \t]$/;

function cleaned(value: string): string {
  const text = toOctetText(value);
  let clean = "";
  let kept = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (!isLineBreaker(text.charCodeAt(index))) continue;
    clean += `${text.slice(kept, index)} `;
    while (isLineBreaker(text.charCodeAt(index + 1)) || isBlank(text.charCodeAt(index + 1))) index += 1;
    kept = index + 1;
  }
  return trimBlanks(clean + text.slice(kept));
}

/** SP or HTAB. */
export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Without SP and HTAB at the ends; other white space (NEL, NBSP are octets of UTF-8 here) stays, unlike `trim()`. */
export function trimBlanks(text: string, start = 0, end = text.length): string {
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}
