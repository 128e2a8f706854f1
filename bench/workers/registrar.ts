/**
 * A registrar for loads, without any of our engine: for each client the same. It checks each digest response; with the
 * argument `open` it asks for none. First message: its port.
 */
import { hash } from "node:crypto";
import { createSocket } from "node:dgram";
import { argv } from "node:process";

const REALM = "bench";
const NONCE = "3f7b1c5ad2e94860";
const HA1 = hash("md5", `phone:${REALM}:secret`);
const CHALLENGE = `WWW-Authenticate: Digest realm="${REALM}",nonce="${NONCE}",algorithm=MD5`;

const OPEN = argv[2] === "open";

/** The lines of a request that its response repeats. */
const REPEATED = ["Via:", "From:", "Call-ID:", "CSeq:"];

function answer(request: string): string {
  const lines = request.split("\r\n");
  let copied = "";
  let authorization: string | undefined;
  let contact = "";
  for (const line of lines) {
    if (REPEATED.some((name) => line.startsWith(name))) copied += `${line}\r\n`;
    else if (line.startsWith("To:")) copied += `${line};tag=registrar\r\n`;
    else if (line.startsWith("Authorization:")) authorization = line;
    else if (line.startsWith("Contact:")) contact = line;
  }
  const accepted = `SIP/2.0 200 OK\r\n${copied}${contact};expires=3600\r\nContent-Length: 0\r\n\r\n`;
  if (OPEN) return accepted;
  if (authorization === undefined)
    return `SIP/2.0 401 Unauthorized\r\n${copied}${CHALLENGE}\r\nContent-Length: 0\r\n\r\n`;
  if (!isRight(authorization)) return `SIP/2.0 403 Forbidden\r\n${copied}Content-Length: 0\r\n\r\n`;
  return accepted;
}

function isRight(authorization: string): boolean {
  const uri = /uri="([^"]*)"/.exec(authorization)?.[1] ?? "";
  const response = /response="([^"]*)"/.exec(authorization)?.[1];
  return response === hash("md5", `${HA1}:${NONCE}:${hash("md5", `REGISTER:${uri}`)}`);
}

const socket = createSocket({
  type: "udp4",
  lookup: (host, _options, callback) => {
    callback(null, host, 4);
  },
});
socket.on("message", (octets, remote) => {
  socket.send(answer(octets.toString("latin1")), remote.port, remote.address);
});
socket.bind(0, "127.0.0.1", () => {
  socket.setRecvBufferSize(4 * 1024 * 1024);
  process.send?.(socket.address().port);
});
process.once("disconnect", () => process.exit());
