/** Speaks to the sandbox: its state, its control calls and its stream of changes. */

const POLL_MS = 2000;

/**
 * What every control call answers; `error` is what the person would be told.
 * @typedef {{ok: boolean, error?: string, response_action?: string,
 *   errors?: Object<string, string>, view?: Object, message?: Object, options?: Object[], option_groups?: Object[]}} Answer
 */

/** @returns {Promise<any>} the JSON document at a path, or an exception. */
export async function get(path) {
  const response = await fetch(path, { headers: { accept: "application/json" } });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}

/**
 * A control call. It never throws: a sandbox that is gone is an answer, too.
 * @returns {Promise<Answer>}
 */
export async function post(action, body) {
  try {
    const response = await fetch(`/_/${action}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    return { ok: response.ok, ...answer };
  } catch {
    return { ok: false, error: "sandbox_gone" };
  }
}

const SENTENCES = {
  operation_timeout: "did not answer in time",
  timeout: "did not answer in time",
  http_timeout: "did not answer in time",
  dispatch_failed: "could not be reached",
  http_service_error: "answered with an error",
  http_error: "answered with an error",
  app_missing_action_url: "is not connected",
  expired_trigger_id: "answered too late to open a dialog",
};

/** The sentence a person reads when an action went wrong. */
export function sentence(answer, app) {
  const error = answer.error ?? "unknown_error";
  if (error === "sandbox_gone") return "The sandbox did not answer.";
  const known = Object.keys(SENTENCES).find((code) => error.includes(code));
  if (known) return `${app} ${SENTENCES[known]}.`;
  if (error.includes(" ")) return error;
  return `That did not work: ${error.replaceAll("_", " ")}.`;
}

/**
 * Call `changed` whenever the workspace changed: at once over the stream, every two seconds
 * while the stream is down.
 */
export function follow(changed) {
  let source = null;
  let timer = null;
  const poll = () => {
    timer ??= setInterval(changed, POLL_MS);
  };
  const open = () => {
    source = new EventSource("/_/stream");
    source.onopen = () => {
      clearInterval(timer);
      timer = null;
      changed();
    };
    source.onmessage = () => changed();
    source.onerror = () => {
      poll();
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(open, POLL_MS);
    };
  };
  open();
}
