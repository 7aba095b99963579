/** The hub as one system of a department sees it: every call signed, nothing handed on before all of it is verified. */

import { base64url, canonical, dumps, freshNonce, loads, sha256Text, unbase64url } from "./canonical.js";
import { DataError, HubError, NetworkError, RefusedError, UsageError } from "./errors.js";
import { KEYID, privateKey, publicKey } from "./keys.js";
import { isEarlyError, signingKeyid, signRequest, verifyAnswer, verifyEarlyError } from "./message.js";
import { checkAnswer, verifyReceipt } from "./receipt.js";
import { checkedAddress, send } from "./transport.js";
import { KEYS_PATH, readKeys } from "./trust.js";

const TRUST_LASTS_S = 600;
const SALT_LENGTH = 22;
const AGREEMENT = /^[a-z2-7]{32}$/;
const JSON_TYPES = ["application/json", "application/problem+json"];

/**
 * @typedef {object} Options
 * @property {string} baseUrl the hub's public address, as the hub itself knows it
 * @property {string} keyid `{system}/{key name}`
 * @property {string | CryptoKey} privateKey PKCS#8 PEM, or a key of WebCrypto that may sign
 * @property {string} authorityRoot the authority's public key in base64url, from its own publication and not from the hub
 * @property {string} logOrigin the log's name; `hub doctor` of the Python client shows it
 * @property {typeof fetch} [fetch]
 * @property {() => number} [clock] seconds since 1970
 * @property {number} [seconds] how long one call may take, 30 by default
 */

/** @typedef {{purpose: string, case?: string, officer?: string}} Common what every call says; the salt is added here */
/** @typedef {{status: number, body: Record<string, any>, receipt: import("./receipt.js").VerifiedReceipt, sent: Sent}} Answered */
/** @typedef {{agreement: string, method: string, wire: Record<string, any>, request: import("./message.js").SentRequest}} Sent */

/** Asks under agreements. Make one with `HubClient.open`. */
export class HubClient {
  /** @param {Required<Options> & {key: CryptoKey, root: CryptoKey}} settings */
  constructor(settings) {
    this.settings = settings;
    /** @type {import("./trust.js").Trust | null} */
    this.trusted = null;
    this.trustedAt = 0;
  }

  /** Read configuration and keys; asks nobody yet. Throws UsageError. @param {Options} options */
  static async open(options) {
    const { keyid, authorityRoot, logOrigin } = options;
    const baseUrl = checkedAddress(options.baseUrl);
    if (!KEYID.test(keyid)) throw new UsageError("BAD_KEYID", "a keyid is written owner/name");
    if (!logOrigin) throw new UsageError("NOT_CONFIGURED", "logOrigin is not set: `hub doctor` shows the log's name");
    const [key, root] = await Promise.all([privateKey(options.privateKey), pinned(authorityRoot)]);
    const usual = { fetch: globalThis.fetch.bind(globalThis), clock: () => Date.now() / 1000, seconds: 30 };
    return new HubClient({ ...usual, ...options, baseUrl, key, root });
  }

  /** Facts about a subject: `body.answers`. @param {string} agreement @param {Common & {subject: any, facts: any[]}} wire */
  verify(agreement, wire) {
    return this.ask(agreement, "verify", wire);
  }

  /** Records about a subject: `body.answer`. @param {string} agreement @param {Common & {subject: any}} wire */
  query(agreement, wire) {
    return this.ask(agreement, "query", wire);
  }

  /** Up to 1,000 subjects: `body.answers`, in their order. @param {string} agreement @param {Common & {subjects: any[], facts?: any[]}} wire */
  batch(agreement, wire) {
    return this.ask(agreement, "batch", wire);
  }

  /**
   * One page of what has changed since a cursor: `body.changes`, `body.cursor`, `body.more`.
   * @param {string} agreement @param {Common & {cursor?: string, most?: number}} wire
   */
  changes(agreement, wire) {
    return this.ask(agreement, "changes", wire);
  }

  /**
   * Every page since a cursor until there are no more. Keep `page.body.cursor` after each page is stored.
   * @param {string} agreement @param {Common & {cursor?: string, most?: number}} wire
   */
  async *follow(agreement, wire) {
    let page = await this.changes(agreement, wire);
    yield page;
    while (page.body.more) {
      page = await this.changes(agreement, { ...wire, cursor: page.body.cursor });
      yield page;
    }
  }

  /**
   * Send one call and check the whole answer. Status 202 means that it waits: see `result`.
   * Throws RefusedError (verified), DataError (do not use what came), NetworkError.
   * @param {string} agreement @param {string} method @param {Record<string, any>} wire
   * @returns {Promise<Answered>}
   */
  async ask(agreement, method, wire) {
    if (!AGREEMENT.test(agreement)) throw new UsageError("BAD_AGREEMENT", "the id of an agreement has 32 characters, a to z and 2 to 7");
    const request = await this.#signed("POST", `/exchange/v1/${agreement}/${method}`, this.#body({ ...wire, salt: freshNonce() }));
    return this.#answered({ agreement, method, wire, request }, request);
  }

  /**
   * Ask once for the result of a call that was answered with 202. Gives 202 again while it waits; a result is handed out once.
   * @param {Answered} waiting
   * @returns {Promise<Answered>}
   */
  async result({ sent, receipt }) {
    const path = `/exchange/v1/${sent.agreement}/results/${receipt.leaf.slice("sha256:".length)}`;
    return this.#answered(sent, await this.#signed("GET", path, new Uint8Array()));
  }

  /**
   * Ask for the result until it is there. Throws NetworkError STILL_WAITING; `result` may then be asked later.
   * @param {Answered} answered @param {{seconds: number, every?: number}} limits
   * @returns {Promise<Answered>}
   */
  async wait(answered, { seconds, every = 1 }) {
    const until = this.settings.clock() + seconds;
    let found = answered;
    while (found.status === 202) {
      if (this.settings.clock() >= until) throw new NetworkError("STILL_WAITING", "the result is not there yet: ask again later");
      await new Promise((resolve) => setTimeout(resolve, every * 1000));
      found = await this.result(answered);
    }
    return found;
  }

  /** The hub's keys, asked for once in ten minutes. @param {boolean} [fresh] */
  async trust(fresh = false) {
    const { settings } = this;
    if (fresh || !this.trusted || settings.clock() - this.trustedAt > TRUST_LASTS_S) {
      const reply = await send(settings.fetch, settings.baseUrl + KEYS_PATH, { method: "GET", seconds: settings.seconds });
      if (reply.status !== 200) throw new NetworkError("NO_KEYS", `the hub answered ${reply.status} when asked for its keys`);
      this.trusted = await readKeys(plainJson(reply.body), settings);
      this.trustedAt = settings.clock();
    }
    return this.trusted;
  }

  /** @param {Record<string, any>} document */
  #body(document) {
    try {
      return dumps(document);
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      throw new UsageError("BAD_REQUEST", `the request: ${error.message}`);
    }
  }

  /** @param {string} method @param {string} path @param {Uint8Array<ArrayBuffer>} body */
  #signed(method, path, body) {
    const { key, keyid, baseUrl, clock } = this.settings;
    return signRequest({ key, keyid }, { method, target: baseUrl + path, body, created: Math.floor(clock()) });
  }

  /**
   * Send a signed request. The receipt of a result belongs to the call (`sent`), the answer's signature to `request`.
   * @param {Sent} sent @param {import("./message.js").SentRequest} request @returns {Promise<Answered>}
   */
  async #answered(sent, request) {
    const { fetch: fetching, seconds } = this.settings;
    const headers = { "content-type": "application/json", ...request.headers };
    const body = request.method === "GET" ? undefined : request.body;
    const reply = await send(fetching, request.target, { method: request.method, headers, body, seconds });
    const document = await this.#verified(reply, request);
    const receipt = await this.#receipt(document, sent);
    if (reply.status >= 400) throw new RefusedError(reply.status, without(document), receipt);
    if (!receipt) throw new DataError("NO_RECEIPT", "the hub answered without a receipt: do not use this answer");
    if (reply.status === 200) checkContent(sent, document);
    return { status: reply.status, body: document, receipt, sent };
  }

  /** The JSON of an answer whose signature holds. @param {import("./message.js").Reply} reply @param {import("./message.js").SentRequest} request */
  async #verified(reply, request) {
    if (!reply.headers.has("signature")) throw unsigned(reply.status);
    const key = await this.#answerKey(signingKeyid(reply));
    if (isEarlyError(reply)) throw await refusedAtTheDoor(reply, key);
    await verifyAnswer(reply, request, key);
    const kind = (reply.headers.get("content-type") ?? "").split(";")[0].trim();
    if (!JSON_TYPES.includes(kind)) throw new DataError("CONTENT_TYPE", "the answer is not JSON");
    return object(loads(reply.body));
  }

  /** @param {string} keyid */
  async #answerKey(keyid) {
    const known = (await this.trust()).keys.has(keyid);
    return (await this.trust(!known)).answerKey(keyid, utcText(this.settings.clock()));
  }

  /** The receipt proves this very answer to this very call; null where a refusal has none. @param {Record<string, any>} document @param {Sent} sent */
  async #receipt(document, sent) {
    if (!document.receipt) return null;
    const key = await this.#answerKey(String(document.receipt.keyid));
    const receipt = await verifyReceipt(document.receipt, { key, log: (await this.trust()).hub });
    await checkAnswer(receipt, document);
    const { request, agreement, method } = sent;
    const { message, route } = receipt;
    if (message?.request !== (await sha256Text(request.body)) || message.signature !== base64url(request.signature)) {
      throw new DataError("OTHER_REQUEST", "the receipt belongs to another request");
    }
    if (route?.agreement !== agreement || route.method !== method.toUpperCase()) {
      throw new DataError("OTHER_ROUTE", "the receipt records another agreement or method than was asked");
    }
    if (String(document.salt ?? "").length < SALT_LENGTH) throw new DataError("NO_SALT", "the answer has no salt");
    if (receipt.mergeBy < this.settings.clock() * 1000) {
      throw new DataError("BAD_RECEIPT", "the receipt promises a time that is over already: check this machine's clock");
    }
    return receipt;
  }
}

/** @param {import("./message.js").Reply} reply @param {CryptoKey} key @returns {Promise<HubError>} */
async function refusedAtTheDoor(reply, key) {
  await verifyEarlyError(reply, key);
  const problem = object(loads(reply.body));
  if (reply.status < 400) return new DataError("NOT_AN_ANSWER", "the hub signed an error that claims to be a success");
  if (reply.status === 503) return new NetworkError(String(problem.code), String(problem.detail ?? "the hub is not available now"));
  return new RefusedError(reply.status, problem, null);
}

/** @param {number} status */
function unsigned(status) {
  if (status >= 500 || status === 404 || status === 407) {
    return new NetworkError("NOT_THE_HUB", `status ${status} without the hub's signature: is something in between?`);
  }
  return new DataError("SIGNATURE_MISSING", "the answer is not signed: do not use it");
}

/** The answer speaks of what was asked, in the same order (protocol section 4). @param {Sent} sent @param {Record<string, any>} body */
function checkContent({ method, wire }, body) {
  if (!CONTENT[method]?.(wire, body)) throw new DataError("OTHER_ANSWER", "the answer does not speak of what was asked");
}

/** @type {Record<string, (wire: Record<string, any>, body: Record<string, any>) => boolean>} */
const CONTENT = {
  verify: (wire, body) =>
    same(wire.facts.map(asked), list(body.answers).map(asked)) && body.answers.every((/** @type {any} */ one) => ["YES", "NO", "UNKNOWN"].includes(one.answer)),
  query: (_wire, body) => typeof body.answer?.state === "string",
  batch: (wire, body) => same(wire.subjects.map((/** @type {any} */ one) => one?.subject ?? one), list(body.answers).map((one) => one?.subject)),
  changes: (_wire, body) => Array.isArray(body.changes) && typeof body.cursor === "string" && typeof body.more === "boolean",
};

/** @param {any} fact */
function asked(fact) {
  return { fact: fact?.fact, with: fact?.with ?? {} };
}

/** @param {any} value @returns {any[]} */
function list(value) {
  return Array.isArray(value) ? value : [];
}

/** @param {unknown} one @param {unknown} other */
function same(one, other) {
  return canonical(one) === canonical(other);
}

/** @param {any} value @returns {Record<string, any>} */
function object(value) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw new DataError("BAD_JSON", "the answer is no JSON object");
  return value;
}

/** @param {Record<string, any>} document */
function without({ receipt: _, ...rest }) {
  return rest;
}

/** The list of keys is not signed as a whole; what is in it is checked piece by piece. @param {Uint8Array} bytes */
function plainJson(bytes) {
  try {
    return object(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch {
    throw new DataError("BAD_KEYS", "the list of keys is no JSON");
  }
}

/** @param {string} text @returns {Promise<CryptoKey>} */
async function pinned(text) {
  try {
    return await publicKey(unbase64url(text));
  } catch {
    throw new UsageError("BAD_ROOT", "authorityRoot is no public key in base64url");
  }
}

/** @param {number} seconds */
function utcText(seconds) {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}
