/** Ed25519 (RFC 8032) through WebCrypto, and the signature object of protocol section 1. */

import { documentHash, dumps, unbase64, unbase64url, utf8 } from "./canonical.js";
import { DataError, UsageError } from "./errors.js";

export const ALGORITHM = "ed25519";
export const KEYID = /^[A-Za-z0-9-]{1,64}\/[A-Za-z0-9-]{1,64}$/;
const TIME = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/;
const MEMBERS = ["alg", "document", "keyid", "role", "signed_at", "value"];

/**
 * The private key of an unencrypted PKCS#8 PEM; a CryptoKey (one that cannot be exported, say) is taken as it is.
 * @param {string | CryptoKey} given
 * @returns {Promise<CryptoKey>}
 */
export async function privateKey(given) {
  if (typeof given !== "string") return given;
  try {
    const der = unbase64(given.replace(/-----(BEGIN|END) PRIVATE KEY-----|\s/g, ""));
    return await crypto.subtle.importKey("pkcs8", der, { name: "Ed25519" }, false, ["sign"]);
  } catch {
    throw new UsageError("BAD_KEY", "the private key is no Ed25519 key in unencrypted PKCS#8 PEM");
  }
}

/**
 * A public key from its 32 bytes. Whose key it is, a certificate or a pinned root says; never the message itself.
 * @param {Uint8Array<ArrayBuffer>} raw
 * @returns {Promise<CryptoKey>}
 */
export async function publicKey(raw) {
  if (raw.length !== 32) throw new DataError("BAD_KEY", "an Ed25519 public key has 32 bytes");
  return crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
}

/** @param {CryptoKey} key @param {string} text @returns {Promise<Uint8Array<ArrayBuffer>>} 64 bytes */
export async function sign(key, text) {
  return new Uint8Array(await crypto.subtle.sign({ name: "Ed25519" }, key, utf8(text)));
}

/**
 * Throws DataError SIGNATURE_WRONG unless this is the key's signature over these bytes.
 * @param {CryptoKey} key
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {Uint8Array<ArrayBuffer>} signature
 */
export async function verify(key, bytes, signature) {
  const holds = signature.length === 64 && (await crypto.subtle.verify({ name: "Ed25519" }, key, signature, bytes));
  if (!holds) throw new DataError("SIGNATURE_WRONG", "the signature does not verify");
}

/**
 * Throws DataError unless the signature object is over exactly this document of this kind, by this key.
 * @param {any} signature
 * @param {{kind: string, document: unknown, key: CryptoKey}} signed
 */
export async function verifyDocument(signature, { kind, document, key }) {
  requireMembers(signature, MEMBERS, "a signature");
  if (!Object.values(signature).every((value) => typeof value === "string")) throw malformed("every member of a signature is text");
  if (signature.alg !== ALGORITHM || !KEYID.test(signature.keyid) || !TIME.test(signature.signed_at)) throw malformed("a signature is malformed");
  if (signature.document !== (await documentHash(document))) throw malformed("the signature is over another document");
  const domain = utf8(`mianzheng/${kind}/v1\n`);
  const raw = dumps(document);
  const bytes = new Uint8Array(domain.length + raw.length);
  bytes.set(domain);
  bytes.set(raw, domain.length);
  await verify(key, bytes, unbase64url(signature.value));
}

/**
 * Throws DataError unless the value is an object with exactly these members.
 * @param {any} value
 * @param {string[]} members in their order
 * @param {string} what
 */
export function requireMembers(value, members, what) {
  const has = value !== null && typeof value === "object" && !Array.isArray(value) ? Object.keys(value).sort() : [];
  if (has.join() !== [...members].sort().join()) throw malformed(`${what} has missing or unknown members`);
}

/** @param {string} message */
function malformed(message) {
  return new DataError("SIGNATURE_MALFORMED", message);
}
