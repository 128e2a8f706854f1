import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { needsProgram } from "./programs.ts";

/** A certificate with its key, as PEM and as the files they are in. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

export interface CertificateOptions {
  /** As openssl writes them: `DNS:bob.example`, `URI:sip:example.com`, `IP:127.0.0.1`. Default: none. */
  readonly names?: readonly string[];
  /** Default: what the file is called. */
  readonly commonName?: string;
}

/**
 * An authority that owes nothing to our own code, with what it issues, in a directory of its own that `remove` deletes.
 * Starting openssl takes long on a busy machine: for handshakes there is `TestAuthority`.
 */
export class OpensslAuthority {
  readonly #directory: string;

  private constructor() {
    this.#directory = mkdtempSync(join(tmpdir(), "offhook-certificates-"));
    this.#openssl(
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "2"],
      ...["-subj", "/CN=offhook test authority", "-keyout", this.#path("ca.key"), "-out", this.#path("ca.pem")],
    );
  }

  /** Skips the test with a message where openssl is not installed; in CI fails it. */
  static create(context: Mocha.Context): OpensslAuthority {
    needsProgram(context, "openssl", "openssl");
    return new OpensslAuthority();
  }

  issue(file: string, options: CertificateOptions = {}): Certificate {
    const { names = [], commonName = file } = options;
    const [certificateFile, keyFile] = [this.#path(`${file}.pem`), this.#path(`${file}.key`)];
    const request = this.#path(`${file}.csr`);
    this.#openssl(
      ...["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"],
      ...["-subj", `/CN=${commonName}`, "-keyout", keyFile, "-out", request],
    );
    this.#openssl(
      ...["x509", "-req", "-in", request, "-extfile", this.#extensions(names), "-out", certificateFile],
      ...["-days", "2", "-CA", this.#path("ca.pem"), "-CAkey", this.#path("ca.key"), "-CAcreateserial"],
    );
    return {
      certificateFile,
      keyFile,
      certificate: readFileSync(certificateFile, "latin1"),
      key: readFileSync(keyFile, "latin1"),
    };
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** A section of its own, since a list in one line can't hold commas. */
  #extensions(names: readonly string[]): string {
    const file = this.#path("extensions");
    const lines = names.map((name, index) => name.replace(":", `.${index} = `).replaceAll('"', '\\"'));
    const alternatives = ["subjectAltName = @names", "[names]", ...lines];
    writeFileSync(file, ["basicConstraints = CA:FALSE", ...(names.length > 0 ? alternatives : []), ""].join("\n"));
    return file;
  }

  #path(file: string): string {
    return join(this.#directory, file);
  }

  #openssl(...args: string[]): void {
    const { status, stderr } = spawnSync("openssl", args, { encoding: "utf8", timeout: 10_000 });
    if (status !== 0) throw new Error(`openssl ${args.join(" ")} failed:\n${stderr}`);
  }
}
