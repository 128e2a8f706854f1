/** A sound INVITE with a body. */
export const INVITE = [
  "INVITE sip:1003@192.0.2.10 SIP/2.0",
  "Via: SIP/2.0/UDP 198.51.100.21:5062;branch=z9hG4bKi2;rport",
  "Via: SIP/2.0/TCP [2001:db8::1]:5070;branch=z9hG4bKi1;received=192.0.2.7",
  "Max-Forwards: 70",
  'From: "Alice, Ltd." <sip:1002@192.0.2.10>;tag=ph-c1',
  "To: <sip:1003@192.0.2.10>",
  "Call-ID: call-1@198.51.100.21",
  "CSeq: 2 INVITE",
  "Record-Route: <sip:p1.example.com;lr>, <sip:p2.example.com;lr>",
  "Contact: <sip:1002@198.51.100.21:5062>",
  "Allow: INVITE, ACK, CANCEL",
  "Allow: BYE",
  "Timestamp: 54",
  "Content-Type: application/sdp",
  "Content-Length: 5",
  "",
  "v=0\r\n",
].join("\r\n");

export const REGISTER = [
  "REGISTER sip:192.0.2.10 SIP/2.0",
  "Via: SIP/2.0/UDP 198.51.100.21:5062;branch=z9hG4bKr1;rport",
  "Max-Forwards: 70",
  "From: <sip:1002@192.0.2.10>;tag=ph-1002",
  "To: <sip:1002@192.0.2.10>",
  "Call-ID: reg-1002-a1@198.51.100.21",
  "CSeq: 1 REGISTER",
  "Contact: <sip:1002@198.51.100.21:5062>",
  "Expires: 3600",
  "Content-Length: 0",
  "",
  "",
].join("\r\n");

/** A sound 200 to INVITE. */
export const OK = [
  "SIP/2.0 200 OK",
  "Via: SIP/2.0/UDP 198.51.100.21:5062;branch=z9hG4bKi2;rport",
  "From: <sip:1002@192.0.2.10>;tag=ph-c1",
  "To: <sip:1003@192.0.2.10>;tag=cm-1",
  "Call-ID: call-1@198.51.100.21",
  "CSeq: 2 INVITE",
  "Contact: <sip:1003@192.0.2.10:5060>",
  "Content-Length: 0",
  "",
  "",
].join("\r\n");

/** The message with the first occurrence of `from` replaced. */
export function edited(message: string, from: string | RegExp, to: string): Buffer {
  const text = message.replace(from, () => to);
  if (text === message) throw new Error(`${String(from)} does not occur in the sample`);
  return Buffer.from(text, "latin1");
}
