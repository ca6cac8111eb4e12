/** The panel that shows what really arrived at Coupontools. */

import { get } from "./api.js";
import { h, reconcile } from "./dom.js";
import { icon } from "./icons.js";
import { onChange, remember, remembered, zone } from "./state.js";
import { slackDate } from "./time.js";

const OPEN_KEY = "northwind.calls";
const EVERY_MS = 2000;
const LATER_MS = 15000;
const SHOWN = 200;

let calls = [];
let reachable = true;
const roomy = matchMedia("(min-width: 1001px)");
let open = false;
let nextAt = 0;
let drawnIn = "";

/** Bring the panel to life: its button, and a look at the calls every two seconds. */
export function startCalls() {
  document.getElementById("calls-toggle").addEventListener("click", () => toggle(!open));
  document.getElementById("calls-close").addEventListener("click", () => toggle(false));
  setInterval(() => readCalls(), EVERY_MS);
  roomy.addEventListener("change", fit);
  onChange(() => zone() !== drawnIn && draw());
  fit();
}

/** Where there is no room beside the messages, the panel opens only when it is asked for. */
function fit() {
  show(roomy.matches && remembered(OPEN_KEY, window.innerWidth >= 1200));
}

function toggle(wanted) {
  if (roomy.matches) remember(OPEN_KEY, wanted);
  show(wanted);
  if (!wanted) document.getElementById("calls-toggle").focus();
}

function show(wanted) {
  open = wanted;
  document.getElementById("app").classList.toggle("calls-open", open);
  document.getElementById("calls-toggle").setAttribute("aria-expanded", String(open));
  draw();
  readCalls();
}

/** Read the calls anew; while the other sandbox is away, less often. */
export async function readCalls() {
  if (document.hidden || Date.now() < nextAt) return;
  nextAt = Date.now() + EVERY_MS / 4;
  try {
    const answer = await get("/_/coupontools/calls");
    const list = Array.isArray(answer) ? answer : answer.calls;
    reachable = Array.isArray(list);
    calls = list ?? [];
  } catch {
    reachable = false;
    nextAt = Date.now() + LATER_MS;
  }
  draw();
}

function draw() {
  drawnIn = zone();
  const sums = { pushes: count(/push|\/send\//), creates: count(/\/create$/), calls: calls.length };
  document.getElementById("calls-count").textContent = calls.length ? String(calls.length) : "";
  if (!open) return;
  document.getElementById("calls-sums").replaceChildren(...Object.entries(sums).map(sum));
  const first = Math.max(0, calls.length - SHOWN);
  const rows = calls
    .slice(first)
    .map((call, index) => callRow(call, first + index))
    .reverse();
  reconcile(document.getElementById("calls-list"), rows.length ? rows : [emptyRow()]);
}

/** Calls that did something: a path that matches, and a good answer. */
function count(pattern) {
  return calls.filter((call) => pattern.test(call.path) && isGood(call)).length;
}

function isGood(call) {
  return Number(call.status) >= 200 && Number(call.status) < 300;
}

function sum([name, number]) {
  const singular = name === "pushes" ? "push" : name.slice(0, -1);
  const label = number === 1 ? singular : name;
  return h(
    "span",
    { class: "sum", "data-testid": `count-${name}`, "data-value": number },
    h("strong", {}, number),
    ` ${label}`,
  );
}

function callRow(call, index) {
  return {
    key: `${index}`,
    sig: JSON.stringify([call, zone()]),
    make: (old) => callNode(call, old?.open ?? false),
  };
}

function callNode(call, isOpen) {
  return h(
    "details",
    {
      class: "call",
      "data-testid": "call",
      "data-path": call.path,
      "data-status": call.status,
      open: isOpen,
    },
    h(
      "summary",
      {},
      h("span", { class: "method" }, call.method),
      h("span", { class: "path", title: call.path }, call.path),
      h("span", { class: isGood(call) ? "status good" : "status bad" }, call.status ?? "–"),
      h("time", { class: "call-time" }, moment(call.at)),
    ),
    h("pre", {}, h("code", {}, pretty(call.body))),
  );
}

function moment(at) {
  const unix = typeof at === "number" ? at : Date.parse(at) / 1000;
  return Number.isFinite(unix) ? slackDate(unix, "{time_secs}", zone()) : String(at ?? "");
}

function pretty(body) {
  if (body === null || body === undefined || body === "") return "(no body)";
  if (typeof body !== "string") return JSON.stringify(body, null, 2);
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

function emptyRow() {
  const text = reachable
    ? "Nothing has been sent to Coupontools yet. Every call appears here the moment it arrives."
    : "The Coupontools sandbox is not running.";
  return {
    key: "empty",
    sig: text,
    make: () =>
      h(
        "div",
        { class: "empty small" },
        h("span", { class: "empty-icon" }, icon("activity", 26)),
        h("p", {}, text),
      ),
  };
}
