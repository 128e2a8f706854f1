import { readFile } from "node:fs/promises";
import { createSecureContext, DEFAULT_CIPHERS, type SecureContext, type SecureContextOptions } from "node:tls";
import { asError, UsageError } from "../../core/errors.ts";
import type { TlsClientOptions, TlsCredentials, TlsServerOptions, TlsVersion } from "./tls-options.ts";

/** TLS options of a listening address with all files read. */
export interface TlsServerSettings {
  readonly context: SecureContextOptions;
  readonly requestClientCertificate: boolean;
}

/** TLS options of a client with all files read. */
export interface TlsClientSettings {
  readonly context: SecureContext;
  readonly serverName: string | undefined;
  readonly verifyServer: boolean;
}

const USUAL_MIN_VERSION = "TLSv1.2";
/** OpenSSL 3 signs nothing with SHA-1 above level 0, and TLS before 1.2 knows nothing else. */
const CIPHERS_OF_OLD_VERSIONS = `${DEFAULT_CIPHERS}:@SECLEVEL=0`;

/**
 * @param place the address it is for, as the user wrote it.
 * @throws {UsageError} ERR_TLS_FILE, ERR_TLS_CONFIGURATION.
 */
export async function loadTlsServer(options: TlsServerOptions = {}, place: string): Promise<TlsServerSettings> {
  const context = await readContext(options, place);
  if (context.cert === undefined || context.key === undefined) {
    throw badConfiguration(place, "a TLS server needs certificate and key");
  }
  makeContext(context, place);
  return { context, requestClientCertificate: options.requestClientCertificate === true };
}

/** @throws {UsageError} ERR_TLS_FILE, ERR_TLS_CONFIGURATION. */
export async function loadTlsClient(options: TlsClientOptions): Promise<TlsClientSettings> {
  const place = "the TLS client";
  const { serverName, verifyServer = true } = options;
  return { context: makeContext(await readContext(options, place), place), serverName, verifyServer };
}

let usualClient: TlsClientSettings | undefined;

/** For endpoints without TLS options: no certificate of ours, the platform's authorities. One for all of them. */
export function usualTlsClient(): TlsClientSettings {
  usualClient ??= {
    context: createSecureContext({ minVersion: USUAL_MIN_VERSION }),
    serverName: undefined,
    verifyServer: true,
  };
  return usualClient;
}

async function readContext(options: TlsCredentials, place: string): Promise<SecureContextOptions> {
  const { minVersion = USUAL_MIN_VERSION } = options;
  const [cert, key, ca] = await Promise.all([
    readPem(options.certificate, options.certificateFile, "certificateFile", place),
    readPem(options.key, options.keyFile, "keyFile", place),
    readPem(options.ca, options.caFile, "caFile", place),
  ]);
  return {
    minVersion,
    ...(isOld(minVersion) && { ciphers: CIPHERS_OF_OLD_VERSIONS }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(ca !== undefined && { ca }),
  };
}

function isOld(version: TlsVersion): boolean {
  return version === "TLSv1" || version === "TLSv1.1";
}

async function readPem(
  pem: string | Buffer | undefined,
  file: string | undefined,
  option: string,
  place: string,
): Promise<string | Buffer | undefined> {
  if (pem !== undefined || file === undefined) return pem;
  try {
    return await readFile(file);
  } catch (error) {
    const cause = asError(error);
    throw new UsageError(`${place}: ${option} "${file}" can't be read: ${cause.message}.`, {
      code: "ERR_TLS_FILE",
      details: { option, file },
      cause,
    });
  }
}

function makeContext(options: SecureContextOptions, place: string): SecureContext {
  try {
    return createSecureContext(options);
  } catch (error) {
    const cause = asError(error);
    throw badConfiguration(place, `certificate, key and authorities don't fit (${cause.message})`, cause);
  }
}

function badConfiguration(place: string, problem: string, cause?: Error): UsageError {
  return new UsageError(
    `${place}: ${problem}. Give PEM files: certificate and key of one pair, the key without a passphrase.`,
    { code: "ERR_TLS_CONFIGURATION", details: { place }, ...(cause && { cause }) },
  );
}
