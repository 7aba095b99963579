/** Signatures on HTTP messages: RFC 9421 with the digest of RFC 9530, in the one profile of protocol section 4. */

import { base64, freshNonce, sha256, unbase64, utf8 } from "./canonical.js";
import { DataError } from "./errors.js";
import { sign, verify } from "./keys.js";

const OF_REQUEST = '("@method" "@target-uri" "content-digest")';
const OF_ANSWER =
  '("@status" "content-type" "content-digest" "@method";req "@target-uri";req "content-digest";req ' +
  '"signature-input";req;key="hub" "signature";req;key="hub")';
const OF_ERROR = '("@status" "content-digest")';
const PARAMETERS = /^;created=(?:0|[1-9][0-9]{0,14});keyid="([A-Za-z0-9-]{1,64}\/[A-Za-z0-9-]{1,64})";alg="ed25519";tag="([a-z0-9-]+)"$/;
const SIGNATURE = /^hub=:([A-Za-z0-9+/]{86}==):$/;

/**
 * A request as it went out. `signature` are the 64 bytes; `input` and `value` what stands behind `hub=` in the two headers.
 * @typedef {{method: string, target: string, body: Uint8Array<ArrayBuffer>, digest: string, input: string, value: string,
 *   signature: Uint8Array<ArrayBuffer>, headers: Record<string, string>}} SentRequest
 */

/** @typedef {{status: number, headers: Headers, body: Uint8Array<ArrayBuffer>}} Reply what came back, unread */

/** Content-Digest of raw bytes: `sha-256=:…:`. @param {Uint8Array} body */
export async function contentDigest(body) {
  return `sha-256=:${base64(await sha256(body))}:`;
}

/**
 * Sign a request. Another nonce each time, so a retry is a new exchange.
 * @param {{key: CryptoKey, keyid: string}} signer
 * @param {{method: string, target: string, body: Uint8Array<ArrayBuffer>, created: number}} request `created` in seconds
 * @returns {Promise<SentRequest>}
 */
export async function signRequest(signer, { method, target, body, created }) {
  const digest = await contentDigest(body);
  const input = `${OF_REQUEST};created=${created};nonce="${freshNonce()}";keyid="${signer.keyid}";alg="ed25519";tag="mianzheng-request-v1"`;
  const base = `"@method": ${method}\n"@target-uri": ${target}\n"content-digest": ${digest}\n"@signature-params": ${input}`;
  const signature = await sign(signer.key, base);
  const value = `:${base64(signature)}:`;
  const headers = { "content-digest": digest, "signature-input": `hub=${input}`, signature: `hub=${value}` };
  return { method, target, body, digest, input, value, signature, headers };
}

/** Whether an answer is signed as an error from before the hub knew who was asking. @param {Reply} reply */
export function isEarlyError(reply) {
  return (reply.headers.get("signature-input") ?? "").startsWith(`hub=${OF_ERROR}`);
}

/** Which key an answer names, to look its certificate up; nothing is verified yet. @param {Reply} reply */
export function signingKeyid(reply) {
  return read(reply).keyid;
}

/**
 * Throws DataError unless this is the hub's answer, unchanged, to exactly this request.
 * @param {Reply} reply @param {SentRequest} request @param {CryptoKey} key
 */
export async function verifyAnswer(reply, request, key) {
  const digest = await checkedDigest(reply);
  const { input, signature } = read(reply);
  const base =
    `"@status": ${reply.status}\n"content-type": ${reply.headers.get("content-type")}\n"content-digest": ${digest}\n` +
    `"@method";req: ${request.method}\n"@target-uri";req: ${request.target}\n"content-digest";req: ${request.digest}\n` +
    `"signature-input";req;key="hub": ${request.input}\n"signature";req;key="hub": ${request.value}\n"@signature-params": ${input}`;
  await verify(key, utf8(base), signature);
}

/**
 * Throws DataError unless the hub signed this error. It says nothing about which request it meets: nobody takes it for an answer.
 * @param {Reply} reply @param {CryptoKey} key
 */
export async function verifyEarlyError(reply, key) {
  const digest = await checkedDigest(reply);
  const { input, signature } = read(reply);
  await verify(key, utf8(`"@status": ${reply.status}\n"content-digest": ${digest}\n"@signature-params": ${input}`), signature);
}

/** @param {Reply} reply */
async function checkedDigest(reply) {
  if (reply.headers.has("content-encoding")) throw new DataError("CONTENT_ENCODING", "the answer is encoded, so its digest cannot be checked");
  const digest = await contentDigest(reply.body);
  if (reply.headers.get("content-digest") !== digest) throw new DataError("DIGEST_MISMATCH", "Content-Digest is not that of the body's bytes");
  return digest;
}

/** What the two headers say, in the one form that the hub writes. @param {Reply} reply */
function read(reply) {
  const told = reply.headers.get("signature-input") ?? "";
  const [components, tag] = isEarlyError(reply) ? [OF_ERROR, "mianzheng-error-v1"] : [OF_ANSWER, "mianzheng-answer-v1"];
  if (!told.startsWith(`hub=${components}`)) throw new DataError("COMPONENTS_WRONG", "the answer's signature covers something else");
  const parameters = PARAMETERS.exec(told.slice(4 + components.length));
  if (!parameters) throw new DataError("PARAMETERS_WRONG", "the answer's signature has other parameters than the protocol says");
  if (parameters[2] !== tag) throw new DataError("TAG_WRONG", `the answer's signature is not tagged ${tag}`);
  const signature = SIGNATURE.exec(reply.headers.get("signature") ?? "");
  if (!signature) throw new DataError("SIGNATURE_MALFORMED", "Signature must hold one member: hub=:(64 bytes in base64):");
  return { keyid: parameters[1], input: told.slice(4), signature: unbase64(signature[1]) };
}
