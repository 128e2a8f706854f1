/** A message cut at its line ends, for editing; everything is an octet string, and nothing is understood. */
export interface MessageText {
  startLine: string;
  lines: string[];
  body: string;
}

const COMPACT: Readonly<Record<string, string>> = {
  "call-id": "i",
  contact: "m",
  "content-length": "l",
  "content-type": "c",
  from: "f",
  to: "t",
  via: "v",
};

export function partsOf(text: string): MessageText {
  const headEnd = text.indexOf("\r\n\r\n");
  const head = headEnd < 0 ? text : text.slice(0, headEnd);
  const [startLine = "", ...lines] = head.split("\r\n");
  return { startLine, lines, body: headEnd < 0 ? "" : text.slice(headEnd + 4) };
}

export function textOf({ startLine, lines, body }: MessageText): string {
  return [startLine, ...lines, "", body].join("\r\n");
}

/** The message after `change`. */
export function edited(text: string, change: (parts: MessageText) => void): string {
  const parts = partsOf(text);
  change(parts);
  return textOf(parts);
}

/** Index of the first line of that header, in its long or compact form; -1 where there is none. */
export function indexOfHeader({ lines }: MessageText, name: string): number {
  const wanted = name.toLowerCase();
  return lines.findIndex((line) => {
    const spelt = (line.split(":")[0] ?? "").trim().toLowerCase();
    return spelt === wanted || spelt === COMPACT[wanted];
  });
}

/** Value of the first line of that header, empty where there is none. */
export function headerOf(parts: MessageText, name: string): string {
  const line = parts.lines[indexOfHeader(parts, name)] ?? "";
  return line.slice(line.indexOf(":") + 1).trim();
}

/** Puts a value in the place of the first line of that header, or adds the line. */
export function setHeader(parts: MessageText, name: string, value: string): void {
  const index = indexOfHeader(parts, name);
  if (index < 0) parts.lines.push(`${name}: ${value}`);
  else parts.lines[index] = `${name}: ${value}`;
}

export function withHeader(text: string, name: string, value: string): string {
  return edited(text, (parts) => {
    setHeader(parts, name, value);
  });
}

/** The message with another body, whose length and type are told truly. */
export function withBody(text: string, body: string, type = "application/sdp"): string {
  return edited(text, (parts) => {
    parts.body = body;
    setHeader(parts, "Content-Type", type);
    setHeader(parts, "Content-Length", String(body.length));
  });
}

/** The message with another start line, made from the old one's parts: method, Request-URI, version; or status, reason. */
export function withStartLine(text: string, change: (parts: string[]) => string): string {
  return edited(text, (parts) => {
    parts.startLine = change(parts.startLine.split(" "));
  });
}
