/** What can go wrong. `code` is stable and the same as in the Python client; the message says what to do. */

/** Anything that the client gives up with. */
export class HubError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.name = new.target.name;
    this.code = code;
  }
}

/** What was received does not hold: a signature, a digest, a receipt, a certificate. Do not use it. */
export class DataError extends HubError {}

/** The call or its configuration is wrong. */
export class UsageError extends HubError {}

/** The hub could not be reached, or something in between answered in its place. */
export class NetworkError extends HubError {}

/** The hub refused, with its signature. */
export class RefusedError extends HubError {
  /**
   * @param {number} status
   * @param {Record<string, any>} problem the RFC 9457 body, without its receipt
   * @param {import("./receipt.js").VerifiedReceipt | null} receipt null where the hub did not know yet who was asking
   */
  constructor(status, problem, receipt) {
    super(String(problem.code ?? "REFUSED"), String(problem.detail ?? problem.title ?? `refused with status ${status}`));
    this.status = status;
    this.problem = problem;
    this.receipt = receipt;
  }
}
