/** Receipts: the hub's signed promise that an entry is, or will be, in its log (protocol sections 5 and 6). */

import { base64url, documentHash, dumps, hex, loads, sha256, unbase64, unbase64url, utf8 } from "./canonical.js";
import { DataError, HubError } from "./errors.js";
import { requireMembers, verifyDocument } from "./keys.js";
import { leafHash, root, verifyInclusion } from "./merkle.js";

const SIGNED = ["v", "log", "leaf", "entry", "issued_ms", "merge_by", "keyid"];
const MEMBERS = [...SIGNED, "disclosures", "proof", "signature"];
const NAMES = ["route", "subject", "message", "label"];
const DIGEST = "([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])";
const TIME = "[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]Z";
const ENTRY = new RegExp(`^\\{"_sd":\\["${Array(4).fill(DIGEST).join('","')}"\\],"t":"(x|tally|index|witness|shard)","ts":"(${TIME})","v":1\\}$`);
const HASH = /^sha256:([0-9a-f]{64})$/;

/**
 * What a receipt proves. `leaf` is `sha256:` and hex; times are in ms; `persons` are the values of person disclosures, if any were given.
 * @typedef {{leaf: string, log: string, keyid: string, issuedMs: number, mergeBy: number, kind: string, minute: string,
 *   route: Record<string, any> | null, message: Record<string, any> | null, subject: Record<string, any> | null,
 *   persons: Record<string, any>[]}} VerifiedReceipt
 */

/**
 * Check a receipt as a stranger would: shape, entry, disclosures, place in its batch, signature. Throws DataError BAD_RECEIPT.
 * That the entry is in the log by now is another proof, which the Python client and audit_verify make.
 * @param {any} receipt
 * @param {{key: CryptoKey, log: string}} hub the hub-answer key that `receipt.keyid` names, and the log's origin
 * @returns {Promise<VerifiedReceipt>}
 */
export async function verifyReceipt(receipt, { key, log }) {
  try {
    return await verified(receipt, key, log);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    throw new DataError("BAD_RECEIPT", `the receipt does not hold: ${error.message}`);
  }
}

/**
 * Throws DataError unless this body is the one whose digest the log commits to.
 * @param {VerifiedReceipt} receipt @param {Record<string, unknown>} body with or without its receipt
 */
export async function checkAnswer(receipt, body) {
  const { receipt: _, ...rest } = body;
  if (receipt.message?.answer !== (await documentHash(rest))) throw new DataError("BAD_RECEIPT", "the receipt belongs to another answer");
}

/** @param {any} receipt @param {CryptoKey} key @param {string} log @returns {Promise<VerifiedReceipt>} */
async function verified(receipt, key, log) {
  requireMembers(receipt, MEMBERS, "the receipt");
  if (receipt.v !== 1 || receipt.log !== log) throw wrong("it is of an unknown version, or of another log");
  if (![receipt.issued_ms, receipt.merge_by].every((time) => Number.isSafeInteger(time) && time >= 0)) throw wrong("a time is no whole number");
  if (receipt.merge_by < receipt.issued_ms) throw wrong("it promises a time before it was issued");
  const raw = unbase64(receipt.entry);
  if (receipt.leaf !== `sha256:${hex(await leafHash(raw))}`) throw wrong("the leaf hash is not that of the entry");
  const { digests, kind, minute } = readEntry(raw);
  const opened = await openParts(digests, receipt.disclosures);
  await checkSignature(receipt, key, log);
  const { leaf, keyid, issued_ms: issuedMs, merge_by: mergeBy } = receipt;
  return { leaf, log, keyid, issuedMs, mergeBy, kind, minute, ...opened };
}

/** @param {Uint8Array} raw */
function readEntry(raw) {
  const match = ENTRY.exec(new TextDecoder("latin1").decode(raw));
  if (!match) throw wrong("the bytes are no entry of this log");
  const digests = match.slice(1, 5);
  if (!digests.every((digest, place) => place === 0 || digests[place - 1] < digest)) throw wrong("the entry's digests are not sorted");
  return { digests, kind: match[5], minute: match[6] };
}

/** What the disclosures say, by name, and the persons: either all of them or none. @param {string[]} digests @param {any} texts */
async function openParts(digests, texts) {
  if (!Array.isArray(texts)) throw wrong("the disclosures are a list");
  /** @type {Record<string, any>} */
  const opened = { route: null, message: null, subject: null };
  /** @type {{text: string, value: any}[]} */
  const persons = [];
  for (const text of texts) {
    const [name, value] = openDisclosure(text);
    if (name === "person") persons.push({ text, value });
    else await openOne(opened, digests, { name, text, value });
  }
  await checkPersons(opened.subject, persons);
  const { route, message, subject } = opened;
  return { route, message, subject, persons: persons.map((person) => person.value) };
}

/** @param {Record<string, any>} opened @param {string[]} digests @param {{name: string, text: string, value: any}} disclosed */
async function openOne(opened, digests, { name, text, value }) {
  if (!NAMES.includes(name) || opened[name]) throw wrong("the entry cannot have this disclosure");
  if (!digests.includes(base64url(await sha256(utf8(text))))) throw wrong(`the disclosure ${name} does not match the entry`);
  opened[name] = value;
}

/** Name and value of the canonical text of `[salt, name, value]`, an object. @param {any} text @returns {[string, any]} */
function openDisclosure(text) {
  const content = loads(unbase64url(text));
  const [salt, name, value] = Array.isArray(content) && content.length === 3 ? content : [];
  if (typeof salt !== "string" || salt.length < 22 || typeof name !== "string") throw wrong("a disclosure is [salt, name, value]");
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw wrong("a disclosure's value is no object");
  return [name, value];
}

/** @param {any} subject @param {{text: string}[]} persons */
async function checkPersons(subject, persons) {
  if (persons.length === 0) return;
  const leaves = await Promise.all(persons.map((person) => leafHash(utf8(person.text))));
  const expected = { n: persons.length, root: `sha256:${hex(await root(leaves))}` };
  if (!subject || (await documentHash(subject)) !== (await documentHash(expected))) throw wrong("the persons do not match the subject");
}

/** The batch's root is signed, and the first seven members are a leaf under it. @param {any} receipt @param {CryptoKey} key @param {string} log */
async function checkSignature(receipt, key, log) {
  const { signature, proof } = receipt;
  const document = signature?.document;
  requireMembers(document, ["root", "size", "hub", "nonce"], "the signed document");
  if (signature.keyid !== receipt.keyid || signature.role !== "hub" || document.hub !== log) throw wrong("it is signed by another key or for another hub");
  await verifyDocument({ ...signature, document: await documentHash(document) }, { kind: "receipts", document, key });
  requireMembers(proof, ["index", "size", "path"], "the proof");
  if (proof.size !== document.size || !Array.isArray(proof.path)) throw wrong("the proof is for another batch");
  const leaf = await leafHash(dumps(Object.fromEntries(SIGNED.map((name) => [name, receipt[name]]))));
  await verifyInclusion(leaf, { index: proof.index, size: proof.size, path: proof.path.map(readHash) }, readHash(document.root));
}

/** @param {unknown} text @returns {Uint8Array<ArrayBuffer>} */
function readHash(text) {
  const match = typeof text === "string" ? HASH.exec(text) : null;
  if (!match) throw wrong("a hash is written sha256: and 64 lower-case hex digits");
  return Uint8Array.from(match[1].match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** @param {string} message */
function wrong(message) {
  return new DataError("BAD_RECEIPT", message);
}
