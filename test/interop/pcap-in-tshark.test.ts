import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { renderPcap } from "../../src/reporters/index.ts";
import { gatherRun, type MessageLine } from "../../src/results/index.ts";
import { messageLine, RUN_START, runEnd, scenarioEnd, scenarioStart } from "../support/journal-lines.ts";
import { needsProgram } from "../support/programs.ts";

const FIELDS = [
  ...["frame.time_epoch", "frame.comment", "ip.src", "ipv6.src", "udp.srcport", "tcp.srcport"],
  ...["sip.Method", "sip.Status-Code", "sip.CSeq"],
];

/** Shows damage that tshark finds, by checksums too. */
const STRICT = ["ip.check_checksum", "udp.check_checksum", "tcp.check_checksum"].flatMap((name) => [
  "-o",
  `${name}:TRUE`,
]);
const DAMAGED = "_ws.malformed or tcp.analysis.flags or ip.checksum_bad or udp.checksum_bad or tcp.checksum_bad";

function request(method: string, headers = ""): string {
  return `${method} sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bK1\r\nFrom: <sip:1002@127.0.0.1>;tag=a\r\nTo: <sip:1002@127.0.0.1>\r\nCall-ID: c\r\nCSeq: 1 ${method}\r\n${headers}Content-Length: 0\r\n\r\n`;
}

const OK = request("OPTIONS").replace(/^.*\r\n/, "SIP/2.0 200 OK\r\n");

describe("a capture file of a run, as tshark reads it", function () {
  this.timeout(30_000);
  let folder: string;

  before(function () {
    needsProgram(this, "tshark", "tshark");
    folder = mkdtempSync(join(tmpdir(), "offhook-pcap-"));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function read(filter: string, fields: readonly string[], messages: readonly MessageLine[]): string[][] {
    const file = join(folder, "messages.pcapng");
    const lines = [RUN_START, scenarioStart("calls"), ...messages, scenarioEnd("calls"), runEnd()];
    writeFileSync(file, renderPcap(gatherRun(lines)));
    const columns = fields.flatMap((field) => ["-e", field]);
    const { stdout, stderr } = spawnSync("tshark", ["-r", file, "-Y", filter, ...STRICT, "-T", "fields", ...columns], {
      encoding: "utf8",
    });
    expect(stdout, stderr).to.be.a("string");
    return stdout
      .split("\n")
      .slice(0, -1)
      .map((line) => line.split("\t"));
  }

  it("has each message with its ends, moment and comment, over IPv4 and IPv6", () => {
    const ipv6 = { local: "[2001:db8::1]:5064", remote: "[::1]:5060", endpoint: "bob" } as const;
    const rows = read("sip", FIELDS, [
      messageLine("calls", request("OPTIONS"), { index: 1, at: 1_790_000_000_150.25 }),
      messageLine("calls", OK, { index: 2, at: 1_790_000_000_151, direction: "received", notes: ["retransmission"] }),
      messageLine("calls", request("BYE"), { index: 3, at: 1_790_000_000_152, ...ipv6 }),
    ]);
    expect(rows).to.deep.equal([
      ["1790000000.150250000", "REG-03 calls: sent by alice", "127.0.0.1", "", "5062", "", "OPTIONS", "", "1 OPTIONS"],
      [
        ...["1790000000.151000000", "REG-03 calls: received by alice [retransmission]", "127.0.0.1", ""],
        ...["5060", "", "", "200", "1 OPTIONS"],
      ],
      ["1790000000.152000000", "REG-03 calls: sent by bob", "", "2001:db8::1", "5064", "", "BYE", "", "1 BYE"],
    ]);
  });

  it("has streams whole, in both directions, even with a message too long for a packet", () => {
    const long = request("INFO", `X-Long: ${"x".repeat(70_000)}\r\n`);
    const stream = { protocol: "tcp" } as const;
    const messages = [
      messageLine("calls", request("OPTIONS"), { ...stream, index: 1 }),
      messageLine("calls", OK, { ...stream, index: 2, direction: "received" }),
      messageLine("calls", long, { ...stream, index: 3 }),
      messageLine("calls", request("BYE"), { ...stream, protocol: "tls", index: 4 }),
    ];
    const told = read("sip", ["tcp.srcport", "sip.CSeq"], messages);
    expect(told).to.deep.equal([
      ["5062", "1 OPTIONS"],
      ["5060", "1 OPTIONS"],
      ["5062", "1 INFO"],
      ["5062", "1 BYE"],
    ]);
    expect(read(DAMAGED, ["frame.number"], messages)).to.deep.equal([]);
  });

  it("leaves out what never left its phone, and puts the rest in order of time", () => {
    const rows = read(
      "frame",
      ["sip.CSeq"],
      [
        messageLine("calls", request("BYE"), { index: 1, at: 1_790_000_000_152 }),
        messageLine("calls", request("OPTIONS"), { index: 2, at: 1_790_000_000_151 }),
        messageLine("calls", request("INFO"), { index: 3, notes: ["dropped"] }),
        messageLine("calls", request("ACK"), {
          index: 4,
          at: 1_790_000_000_153,
          notes: ["dropped"],
          direction: "received",
        }),
      ],
    );
    expect(rows).to.deep.equal([["1 OPTIONS"], ["1 BYE"], ["1 ACK"]]);
  });
});
