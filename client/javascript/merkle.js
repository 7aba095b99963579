/** Merkle trees of RFC 6962 section 2.1, verified as in RFC 9162 section 2.1.3.2. Hash: SHA-256. */

import { sha256 } from "./canonical.js";
import { DataError } from "./errors.js";

const MAX_PATH = 64;

/** @typedef {Uint8Array<ArrayBuffer>} Hash 32 bytes */

/** SHA-256(0x00 ‖ data). @param {Uint8Array} data @returns {Promise<Hash>} */
export function leafHash(data) {
  return sha256(joined(0, data));
}

/** SHA-256(0x01 ‖ left ‖ right). @param {Hash} left @param {Hash} right @returns {Promise<Hash>} */
export function nodeHash(left, right) {
  return sha256(joined(1, left, right));
}

/** Root over leaf hashes; of no leaves, the hash of nothing. @param {Hash[]} leaves @returns {Promise<Hash>} */
export async function root(leaves) {
  if (leaves.length === 0) return sha256(new Uint8Array());
  let level = leaves;
  while (level.length > 1) {
    const pairs = level.filter((_, place) => place % 2 === 0);
    const above = level;
    level = await Promise.all(pairs.map((left, place) => (above[2 * place + 1] ? nodeHash(left, above[2 * place + 1]) : left)));
  }
  return level[0];
}

/**
 * Throws DataError unless `leaf` (a leaf hash) stands at `index` of the tree. Sizes are counted exactly up to 2^53.
 * @param {Hash} leaf
 * @param {{index: number, size: number, path: Hash[]}} proof
 * @param {Hash} expected
 */
export async function verifyInclusion(leaf, { index, size, path }, expected) {
  if (![index, size].every(Number.isSafeInteger) || index < 0 || index >= size) throw unproved("the index is outside the tree");
  if (path.length > MAX_PATH) throw unproved("the audit path is too long");
  let [node, last, computed] = [BigInt(index), BigInt(size) - 1n, leaf];
  for (const sibling of path) {
    if (last === 0n) throw unproved("the audit path is too long");
    if (node & 1n || node === last) {
      computed = await nodeHash(sibling, computed);
      while (node && !(node & 1n)) [node, last] = [node >> 1n, last >> 1n];
    } else {
      computed = await nodeHash(computed, sibling);
    }
    [node, last] = [node >> 1n, last >> 1n];
  }
  if (last !== 0n) throw unproved("the audit path is too short");
  if (!computed.every((byte, place) => byte === expected[place])) throw unproved("the audit path leads to another root");
}

/** @param {number} first @param {Uint8Array[]} parts */
function joined(first, ...parts) {
  const bytes = new Uint8Array(1 + parts.reduce((sum, part) => sum + part.length, 0));
  bytes[0] = first;
  let at = 1;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** @param {string} message */
function unproved(message) {
  return new DataError("BAD_PROOF", message);
}
