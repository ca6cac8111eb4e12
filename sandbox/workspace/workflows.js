/** The panel that runs a workflow by hand, up to one step of the app, and shows what became of it. */

import { get, post, sentence } from "./api.js";
import { blockNode } from "./blocks.js";
import { h, reconcile } from "./dom.js";
import { complaint } from "./fields.js";
import { icon } from "./icons.js";
import { appName, me, nameOf, onChange, refresh, store, zone } from "./state.js";
import { slackDate } from "./time.js";

const PERSON = "slack#/types/user_context";
const SHOWN = 50;
const find = (id) => document.getElementById(id);

let steps = [];
let chosen = null;
let open = false;
const fields = new Map();

/** Bring the panel to life, if the app has steps. */
export async function startWorkflows() {
  steps = await get("/_/steps").catch(() => []);
  if (!steps.length) return;
  find("flows-toggle").hidden = false;
  find("flows-toggle").addEventListener("click", () => show(!open));
  find("flows-close").addEventListener("click", () => show(false));
  find("calls-toggle").addEventListener("click", () => show(false));
  find("flows-form").addEventListener("submit", run);
  find("flows-step").append(blockNode(stepBlock(), host));
  onChange(draw);
}

function show(wanted) {
  const closed = open && !wanted;
  open = wanted;
  find("app").classList.toggle("flows-open", open);
  find("flows-toggle").setAttribute("aria-expanded", String(open));
  draw();
  if (open) find("flows").querySelector("input")?.focus();
  else if (closed && find("flows").contains(document.activeElement)) find("flows-toggle").focus();
}

function draw() {
  if (!open || !store.data) return;
  find("flows-who").textContent = chosen ? `Runs as ${me()?.real_name}.` : "";
  const runs = (store.data.executions ?? []).slice(-SHOWN).reverse();
  reconcile(find("flows-list"), runs.length ? runs.map(runRow) : [emptyRow()]);
}

/** The choice of a step, as a block like those of the app. */
function stepBlock() {
  const options = steps.map((step) => ({
    text: plain(step.title),
    value: step.callback_id,
    description: plain(step.description),
  }));
  const element = { type: "static_select", action_id: "step", options };
  return { ...inputBlock("step", "Step", element), dispatch_action: true };
}

const host = {
  surface: "modal",
  adopt: (block, made) => {
    if (block.block_id !== "step") fields.set(block.block_id, { block, made });
  },
  touched: (block) => object({ [block.block_id]: "" }),
  press: async (_block, _element, value) => choose(value),
  options: (block, _action, query) =>
    post("menu", {
      user: store.me,
      callback_id: chosen.callback_id,
      input: block.replace(/^in-/, ""),
      query,
      inputs: values(),
    }),
};

function choose(name) {
  chosen = steps.find((step) => step.callback_id === name) ?? null;
  fields.clear();
  say("");
  const asked = (chosen?.inputs ?? []).filter((one) => one.type !== PERSON);
  find("flows-fields").replaceChildren(
    ...asked.map((one) => blockNode(fieldBlock(one), host)),
  );
  find("flows-run").hidden = !chosen;
  draw();
}

/** An input of a step as the field that Workflow Builder would show for its type. */
function fieldBlock(parameter) {
  const element = { action_id: "value", ...elementFor(parameter) };
  const block = inputBlock(`in-${parameter.name}`, parameter.title ?? parameter.name, element);
  const hint = parameter.description ? { hint: plain(parameter.description) } : {};
  return { ...block, ...hint, optional: !parameter.is_required };
}

function elementFor(parameter) {
  if (parameter.dynamic_options) return { type: "external_select", min_query_length: 0 };
  switch (parameter.type) {
    case "integer":
      return { type: "number_input", is_decimal_allowed: false };
    case "number":
      return { type: "number_input", is_decimal_allowed: true };
    case "boolean":
      return { type: "static_select", options: ["Yes", "No"].map(answer) };
    case "slack#/types/date":
      return { type: "datepicker" };
    case "slack#/types/timestamp":
      return { type: "datetimepicker" };
    case "slack#/types/user_id":
      return { type: "users_select" };
    default:
      return { type: "plain_text_input" };
  }
}

function answer(label) {
  return { text: plain(label), value: label };
}

function inputBlock(id, label, element) {
  return { type: "input", block_id: id, label: plain(label), element };
}

function plain(text) {
  return { type: "plain_text", text };
}

/** What is filled in, each as its type wants it. */
function values() {
  const found = {};
  for (const parameter of chosen.inputs) {
    const value = fields.get(`in-${parameter.name}`)?.made.wire() ?? null;
    if (value !== null) found[parameter.name] = typed(parameter.type, value);
  }
  return found;
}

function typed(type, value) {
  if (type === "integer" || type === "number") return Number(value);
  return type === "boolean" ? value === "Yes" : value;
}

async function run(event) {
  event.preventDefault();
  const found = [...fields].map(([id, { block, made }]) => [id, complaint(block, made.wire())]);
  const wrong = found.filter(([, words]) => words);
  object(Object.fromEntries(found.map(([id, words]) => [id, words ?? ""])));
  if (wrong.length) {
    fields.get(wrong[0][0]).made.focus();
    return;
  }
  find("flows-run").setAttribute("aria-busy", "true");
  const wish = { user: store.me, callback_id: chosen.callback_id, inputs: values() };
  const said = await post("step", wish);
  find("flows-run").removeAttribute("aria-busy");
  say(said.ok ? "" : sentence(said, appName()));
  await refresh();
}

function object(errors) {
  for (const [id, words] of Object.entries(errors)) {
    const field = find("flows-fields").querySelector(`[data-testid="field-${CSS.escape(id)}"]`);
    if (!field) continue;
    field.classList.toggle("wrong", Boolean(words));
    field.querySelector(".field-error").textContent = words;
  }
}

function say(words) {
  find("flows-problem").textContent = words;
}

const STATES = { running: "waits", completed: "good", failed: "bad" };

function runRow(execution) {
  return {
    key: execution.id,
    sig: JSON.stringify([execution, zone()]),
    make: (old) => runNode(execution, old?.open ?? false),
  };
}

function runNode(execution, isOpen) {
  const at = slackDate(Date.parse(execution.at) / 1000, "{time_secs}", zone());
  const who = execution.user ? nameOf(execution.user) : "Nobody";
  return h(
    "details",
    {
      class: "call",
      "data-testid": "flow-run",
      "data-status": execution.status,
      open: isOpen,
    },
    h(
      "summary",
      {},
      h("span", { class: "run-name", dir: "auto" }, execution.title),
      h("span", { class: `status ${STATES[execution.status]}` }, execution.status),
      h("span", { class: "run-by" }, `${who} · ${at}`),
      execution.error ? h("span", { class: "run-error", dir: "auto" }, execution.error) : "",
    ),
    h("pre", {}, h("code", {}, JSON.stringify(told(execution), null, 2))),
  );
}

function told(execution) {
  const { id, inputs, outputs } = execution;
  return outputs ? { id, inputs, outputs } : { id, inputs };
}

function emptyRow() {
  const text = "No workflow has run yet. Choose a step, fill it in, and run it as who you are now.";
  return {
    key: "empty",
    sig: text,
    make: () =>
      h(
        "div",
        { class: "empty small" },
        h("span", { class: "empty-icon" }, icon("bolt", 26)),
        h("p", {}, text),
      ),
  };
}
