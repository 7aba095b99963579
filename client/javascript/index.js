/** A client of the hub without dependencies, for Node 20 or later and for browsers with Ed25519 in WebCrypto. */

export { HubClient } from "./client.js";
export { DataError, HubError, NetworkError, RefusedError, UsageError } from "./errors.js";
export { canonical, dumps, freshNonce, loads } from "./canonical.js";
export { checkAnswer, verifyReceipt } from "./receipt.js";
