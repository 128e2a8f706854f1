/** Two datagrams out and two in for each registration, with nothing between: what UDP itself costs on Node. */
import { createSocket } from "node:dgram";
import { argv } from "node:process";
import { Stopwatch } from "../support/usage.ts";

const [port, total, atOnce] = argv.slice(2).map(Number) as [number, number, number];
const socket = createSocket({
  type: "udp4",
  lookup: (host, _options, callback) => {
    callback(null, host, 4);
  },
});
const fields =
  "Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK0123456789abcdef;rport\r\nFrom: <sip:1@cm.example.com>;tag=1\r\n" +
  "To: <sip:1@cm.example.com>\r\nCall-ID: 0123456789\r\nCSeq: 1 REGISTER\r\nContact: <sip:1@127.0.0.1:5060>\r\n" +
  "Max-Forwards: 70\r\nUser-Agent: bench\r\nExpires: 3600\r\nContent-Length: 0\r\n\r\n";
const request = Buffer.from(`REGISTER sip:cm.example.com SIP/2.0\r\n${fields}`);
const TWO_DATAGRAMS = 2;
let begun = 0;
let answered = 0;

function send(): void {
  socket.send(request, port, "127.0.0.1");
}

socket.on("message", () => {
  answered += 1;
  if (answered === TWO_DATAGRAMS * total) {
    process.send?.(stopwatch.read());
    socket.close();
    process.disconnect();
  } else if (begun < TWO_DATAGRAMS * total) {
    begun += 1;
    send();
  }
});
await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
socket.setRecvBufferSize(4 * 1024 * 1024);
const stopwatch = new Stopwatch();
for (begun = 0; begun < atOnce; begun += 1) send();
