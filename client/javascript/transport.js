/** One HTTP request to the hub by `fetch`: no redirects, no cookies, bounded in time and size. */

import { DataError, NetworkError, UsageError } from "./errors.js";

const MAX_ANSWER = 64 * 1024 * 1024;
const LOCAL = ["127.0.0.1", "localhost", "[::1]"];

/**
 * The address without a slash at its end; https, unless the hub runs on this machine. Throws UsageError.
 * @param {string} baseUrl
 */
export function checkedAddress(baseUrl) {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  if (!url || !["http:", "https:"].includes(url.protocol) || url.search || url.hash || url.username) {
    throw new UsageError("BAD_ADDRESS", "baseUrl is written https://hub.example");
  }
  if (url.protocol === "http:" && !LOCAL.includes(url.hostname)) {
    throw new UsageError("NOT_ENCRYPTED", "baseUrl must begin with https:// unless the hub runs on this machine");
  }
  return baseUrl.replace(/\/+$/, "");
}

/**
 * Send a request and read the whole answer. Throws NetworkError UNREACHABLE or TIMEOUT, DataError TOO_LARGE.
 * @param {typeof fetch} fetching
 * @param {string} url
 * @param {{method: string, headers?: Record<string, string>, body?: Uint8Array<ArrayBuffer>, seconds: number}} request
 * @returns {Promise<import("./message.js").Reply>}
 */
export async function send(fetching, url, { method, headers, body, seconds }) {
  const signal = AbortSignal.timeout(seconds * 1000);
  const settings = { redirect: "error", credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer" };
  let response, bytes;
  try {
    response = await fetching(url, { .../** @type {RequestInit} */ (settings), method, headers, body, signal });
    bytes = new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    if (signal.aborted) throw new NetworkError("TIMEOUT", `the hub did not answer within ${seconds} s; it may have recorded the exchange`);
    throw new NetworkError("UNREACHABLE", `the hub at ${new URL(url).host} cannot be reached: ${reason(error)}`);
  }
  if (bytes.length > MAX_ANSWER) throw new DataError("TOO_LARGE", "the answer is larger than a client accepts");
  return { status: response.status, headers: response.headers, body: bytes };
}

/** @param {any} error */
function reason(error) {
  return String(error?.cause?.code ?? error?.message ?? error);
}
