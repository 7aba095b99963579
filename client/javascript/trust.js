/**
 * Whose signatures count: the hub's keys for answers, as the authority's root certified them. The root is pinned; what the hub's list
 * says of it is not looked at.
 */

import { loads, unbase64, unbase64url } from "./canonical.js";
import { DataError, HubError } from "./errors.js";
import { ALGORITHM, publicKey, requireMembers, verifyDocument } from "./keys.js";

export const KEYS_PATH = "/api/v1/keys";
const ROOT_KEYID = "authority/root";
const ACT = ["v", "seq", "prev", "at", "order", "signatures"];
const CERTIFICATE = ["type", "owner", "name", "alg", "public_key", "use", "custody", "not_before", "not_after", "hub", "nonce"];

/** @typedef {{key: CryptoKey, notBefore: string, notAfter: string, isRevoked: boolean}} AnswerKey */

/** The hub's keys for answers by keyid, and the log's origin that their certificates name. */
export class Trust {
  /** @param {string} hub @param {Map<string, AnswerKey>} keys */
  constructor(hub, keys) {
    this.hub = hub;
    this.keys = keys;
  }

  /**
   * The key for answers of this keyid, valid at `at` (`2026-11-20T22:46:00Z`). Throws DataError with what is wrong.
   * @param {string} keyid @param {string} at
   */
  answerKey(keyid, at) {
    const found = this.keys.get(keyid);
    if (!found) throw new DataError("KEY_UNKNOWN", `the authority's root never certified ${keyid} for answers`);
    if (at < found.notBefore || at > found.notAfter) throw new DataError("KEY_EXPIRED", `the hub's key ${keyid} is not valid at ${at}`);
    if (found.isRevoked) throw new DataError("KEY_REVOKED", `the hub's key ${keyid} was revoked`);
    return found.key;
  }
}

/**
 * Read the answer of `GET /api/v1/keys` from the pinned root on. Throws DataError BAD_KEYS or OTHER_HUB.
 *
 * The root signs the certificate of every hub key itself. The hub could hide a revocation from this list, and can invent no key. A
 * revocation is believed whoever signed it: it can only take away.
 * @param {any} document
 * @param {{root: CryptoKey, logOrigin: string}} pinned
 * @returns {Promise<Trust>}
 */
export async function readKeys(document, { root, logOrigin }) {
  if (document?.log !== logOrigin) throw new DataError("OTHER_HUB", `this is the hub ${document?.log}, and the configuration names ${logOrigin}`);
  /** @type {Map<string, AnswerKey>} */
  const keys = new Map();
  const revoked = new Set();
  try {
    for (const stored of document.acts) {
      const act = readAct(stored.act);
      if (act.order.type === "revoke_key") revoked.add(act.order.keyid);
      else if (act.order.use === "hub-answer") keys.set(...(await certified(act, { root, logOrigin })));
    }
  } catch (error) {
    if (!(error instanceof HubError) && !(error instanceof TypeError)) throw error;
    throw new DataError("BAD_KEYS", `the hub's keys do not go back to the authority's root: ${error.message}`);
  }
  for (const [keyid, found] of keys) found.isRevoked = revoked.has(keyid);
  return new Trust(logOrigin, keys);
}

/** @param {unknown} text base64 of the act's canonical JSON */
function readAct(text) {
  const act = loads(unbase64(text));
  requireMembers(act, ACT, "an act");
  if (act.order?.type !== "key" && act.order?.type !== "revoke_key") throw new DataError("BAD_KEYS", "only acts about keys belong here");
  return act;
}

/** @param {any} act @param {{root: CryptoKey, logOrigin: string}} pinned @returns {Promise<[string, AnswerKey]>} */
async function certified({ order, signatures }, { root, logOrigin }) {
  requireMembers(order, CERTIFICATE, "a certificate");
  if (order.owner !== "hub" || order.hub !== logOrigin || order.alg !== ALGORITHM) throw new DataError("BAD_KEYS", "a certificate is another hub's");
  const signature = signatures.length === 1 ? signatures[0] : null;
  if (signature?.keyid !== ROOT_KEYID || signature.role !== "root") throw new DataError("BAD_KEYS", "a key of the hub is not signed by the root");
  await verifyDocument(signature, { kind: "key", document: order, key: root });
  const key = await publicKey(unbase64url(order.public_key));
  return [`hub/${order.name}`, { key, notBefore: order.not_before, notAfter: order.not_after, isRevoked: false }];
}
