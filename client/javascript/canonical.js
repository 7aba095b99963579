/**
 * Canonical JSON, hashes and base64: the one way in which everything signed or hashed becomes bytes (protocol, "Canonical JSON").
 *
 * A subset of RFC 8785: ASCII keys in their order, no floats, integers within ±(2^53 − 1), no NUL, no lone surrogates.
 */

import { DataError } from "./errors.js";

export const MAX_DEPTH = 32;
const BEYOND_ASCII = /[^\u0001-\u007f]/;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The canonical JSON of a value, as text. Throws DataError NOT_CANONICAL for what is outside the subset.
 * @param {unknown} value
 * @param {number} [depth] how many more lists or objects may lie inside each other
 * @returns {string}
 */
export function canonical(value, depth = MAX_DEPTH) {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return canonicalNumber(value);
  if (typeof value === "string") return canonicalText(value);
  if (typeof value !== "object") throw outside(`canonical JSON has no ${typeof value}; write it as a string`);
  if (depth === 0) throw outside(`nested deeper than ${MAX_DEPTH}`);
  if (Array.isArray(value)) return `[${Array.from(value, (item) => canonical(item, depth - 1)).join(",")}]`;
  if (![Object.prototype, null].includes(Object.getPrototypeOf(value))) throw outside("only plain objects are documents");
  const members = /** @type {Record<string, unknown>} */ (value);
  const written = Object.keys(members).sort().map((name) => `${canonicalKey(name)}:${canonical(members[name], depth - 1)}`);
  return `{${written.join(",")}}`;
}

/** The same as UTF-8 bytes. @param {unknown} value @returns {Uint8Array<ArrayBuffer>} */
export function dumps(value) {
  return utf8(canonical(value));
}

/**
 * Read bytes that must be canonical JSON: then no key stands twice and every number kept its digits. Throws DataError BAD_JSON.
 * @param {Uint8Array} bytes
 * @returns {any}
 */
export function loads(bytes) {
  let value, text, again;
  try {
    text = decoder.decode(bytes);
    value = JSON.parse(text);
    again = canonical(value);
  } catch (error) {
    const why = error instanceof DataError ? `: ${error.message}` : "";
    throw new DataError("BAD_JSON", `what came is no JSON as the hub writes it${why}`);
  }
  if (again !== text) throw new DataError("BAD_JSON", "what came is not written as canonical JSON");
  return value;
}

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
export function utf8(text) {
  return /** @type {Uint8Array<ArrayBuffer>} */ (encoder.encode(text));
}

/** SHA-256. @param {Uint8Array} bytes @returns {Promise<Uint8Array<ArrayBuffer>>} 32 bytes */
export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", /** @type {Uint8Array<ArrayBuffer>} */ (bytes)));
}

/** SHA-256 as `sha256:` and lower-case hex. @param {Uint8Array} bytes */
export async function sha256Text(bytes) {
  return `sha256:${hex(await sha256(bytes))}`;
}

/** The name of a document: the hash of its canonical JSON. @param {unknown} document */
export function documentHash(document) {
  return sha256Text(dumps(document));
}

/** @param {Uint8Array} bytes */
export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Standard base64 with padding. @param {Uint8Array} bytes */
export function base64(bytes) {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/**
 * Read padded standard base64; other spellings of the same bytes are refused.
 * @param {unknown} text @returns {Uint8Array<ArrayBuffer>}
 */
export function unbase64(text) {
  if (typeof text !== "string" || !/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4) throw outside("not standard base64");
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  if (base64(bytes) !== text) throw outside("not standard base64: unused bits are set");
  return bytes;
}

/** Base64url without padding (RFC 4648 section 5). @param {Uint8Array} bytes */
export function base64url(bytes) {
  return base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Read unpadded base64url, strictly. @param {unknown} text @returns {Uint8Array<ArrayBuffer>} */
export function unbase64url(text) {
  if (typeof text !== "string" || !/^[A-Za-z0-9_-]*$/.test(text)) throw outside("not unpadded base64url");
  const padding = "=".repeat((4 - (text.length % 4)) % 4);
  return unbase64(text.replaceAll("-", "+").replaceAll("_", "/") + padding);
}

/** 128 random bits as 22 characters: a salt or a nonce. */
export function freshNonce() {
  return base64url(crypto.getRandomValues(new Uint8Array(16)));
}

/** @param {number} value */
function canonicalNumber(value) {
  if (!Number.isSafeInteger(value)) throw outside("a number is no whole number within 2^53 - 1; write it as a string");
  return String(value === 0 ? 0 : value);
}

/** @param {string} text */
function canonicalText(text) {
  if (text.includes("\0")) throw outside("a text holds NUL");
  if (!text.isWellFormed()) throw outside("a text holds a lone surrogate");
  return JSON.stringify(text);
}

/** @param {string} name */
function canonicalKey(name) {
  if (BEYOND_ASCII.test(name)) throw outside("a key holds a character beyond ASCII");
  return JSON.stringify(name);
}

/** @param {string} message */
function outside(message) {
  return new DataError("NOT_CANONICAL", message);
}
