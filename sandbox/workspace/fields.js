/** Everything a person can fill in: text, numbers, dates, choices; menus come from selects.js. */

import { h, uid } from "./dom.js";
import { fileControl } from "./upload.js";
import { textNodes, words } from "./mrkdwn.js";
import { selectControl } from "./selects.js";
import { zone } from "./state.js";
import { toLocal, toUnix } from "./time.js";

const TYPING_MS = 300;

/**
 * A thing that holds a value.
 * @typedef {{node: HTMLElement, get: () => any, set: (value: any) => void, wire: () => any,
 *   focus: () => void}} Control `get` and `set` speak the control's own language, `wire` the one of
 *   the control API (null when empty)
 * @typedef {{blockId: string, label: string, host: Object, changed: () => void,
 *   dispatch: boolean}} Context `dispatch`: the bot hears of each change
 */

/**
 * The control for an element, or null when the element is not one.
 * @param {Object} element
 * @param {Context} context
 * @returns {Control | null}
 */
export function control(element, context) {
  const full = withState(element, context.host.saved?.(context.blockId, element.action_id));
  if (full.type.endsWith("_select")) return selectControl(full, context);
  return MAKERS[full.type]?.(full, context) ?? null;
}

const INITIAL = {
  value: "initial_value",
  selected_option: "initial_option",
  selected_options: "initial_options",
  selected_date: "initial_date",
  selected_time: "initial_time",
  selected_date_time: "initial_date_time",
  selected_user: "initial_user",
  selected_users: "initial_users",
  selected_channel: "initial_channel",
  selected_channels: "initial_channels",
  selected_conversation: "initial_conversation",
  selected_conversations: "initial_conversations",
};

/** An element as it looks after earlier input that the workspace remembers. */
function withState(element, saved) {
  if (!saved) return element;
  const changes = Object.entries(INITIAL).filter(([key]) => key in saved);
  return {
    ...element,
    ...Object.fromEntries(changes.map(([key, name]) => [name, saved[key] ?? undefined])),
  };
}

/** Attributes that every focusable part of a control shares. */
function hooks(element, context) {
  return {
    "aria-label": context.label,
    "data-focus": `${context.blockId}|${element.action_id}`,
    "data-testid": `input-${element.action_id}`,
  };
}

function nativeControl(input, element, context, wire = (value) => value || null) {
  return {
    node: input,
    get: () => input.value,
    set: (value) => {
      input.value = value;
    },
    wire: () => wire(input.value),
    focus: () => input.focus(),
  };
}

/** Tell the bot what was typed: on Enter, or while typing when the element asks for it. */
function typing(input, element, context, self) {
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  let timer;
  let told;
  const tell = () => {
    clearTimeout(timer);
    if (told === input.value) return;
    told = input.value;
    context.host.press(context.blockId, element, self.wire());
  };
  input.addEventListener("input", () => {
    context.changed();
    if (!context.dispatch || !triggers.includes("on_character_entered")) return;
    clearTimeout(timer);
    timer = setTimeout(tell, TYPING_MS);
  });
  input.addEventListener("keydown", (event) => {
    const single = input.tagName === "INPUT" || event.metaKey || event.ctrlKey;
    if (event.key !== "Enter" || !single || event.isComposing) return;
    if (!context.dispatch || !triggers.includes("on_enter_pressed")) return;
    event.preventDefault();
    tell();
  });
}

function textControl(type, inputMode) {
  return (element, context) => {
    const attributes = {
      ...hooks(element, context),
      placeholder: words(element.placeholder),
      dir: "auto",
      maxlength: element.max_length,
    };
    const input = element.multiline
      ? h("textarea", { ...attributes, rows: "4" })
      : h("input", { ...attributes, type, inputmode: inputMode, autocomplete: "off" });
    input.value = element.initial_value ?? "";
    const self = nativeControl(input, element, context);
    typing(input, element, context, self);
    if (!element.max_length) return self;
    return { ...self, ...counted(self, input, element.max_length) };
  };
}

/** A text box that says how many characters are left, once they become few. */
function counted(self, input, most) {
  const count = h("span", { class: "counter", "aria-hidden": "true" });
  const show = () => {
    const left = most - [...input.value].length;
    count.textContent = String(left);
    count.hidden = left === most || left > Math.max(30, most * 0.25);
    count.classList.toggle("near", left <= Math.min(10, most * 0.1));
  };
  input.addEventListener("input", show);
  show();
  return {
    node: h("div", { class: "counted" }, input, count),
    set: (value) => {
      self.set(value);
      show();
    },
  };
}

function dateControl(type, initial) {
  return (element, context) => {
    const input = h("input", { ...hooks(element, context), type });
    input.value = element[initial] ?? "";
    const self = nativeControl(input, element, context);
    heard(input, element, context, self);
    return self;
  };
}

function heard(input, element, context, self) {
  input.addEventListener("change", () => {
    context.changed();
    if (context.dispatch) context.host.press(context.blockId, element, self.wire());
  });
}

/** A moment in the persona's own time zone; the wire carries unix seconds. */
function momentControl(element, context) {
  const where = zone();
  const input = h("input", { ...hooks(element, context), type: "datetime-local" });
  if (element.initial_date_time) input.value = toLocal(element.initial_date_time, where);
  const self = nativeControl(input, element, context, (value) =>
    value ? toUnix(value, where) : null,
  );
  heard(input, element, context, self);
  const note = h("span", { class: "zone", title: "Your time zone" }, where.replaceAll("_", " "));
  return { ...self, node: h("div", { class: "moment" }, input, note) };
}

/** Radio buttons and checkboxes. */
function choiceControl(type) {
  return (element, context) => {
    const name = uid(type);
    const initial =
      element.initial_options ?? (element.initial_option ? [element.initial_option] : []);
    const inputs = element.options.map((option, index) =>
      h("input", {
        type,
        name,
        value: option.value,
        "data-focus": `${context.blockId}|${element.action_id}|${index}`,
      }),
    );
    const pick = (values) =>
      inputs.forEach((input) => (input.checked = values.includes(input.value)));
    pick(initial.map((option) => option.value));
    const get = () => inputs.filter((input) => input.checked).map((input) => input.value);
    const wire = () => (type === "radio" ? (get()[0] ?? null) : get());
    const node = h(
      "div",
      {
        role: type === "radio" ? "radiogroup" : "group",
        class: "choices",
        "aria-label": context.label,
        "data-testid": `input-${element.action_id}`,
      },
      element.options.map((option, index) => choice(option, inputs[index])),
    );
    heard(node, element, context, { wire });
    return {
      node,
      get,
      set: pick,
      wire,
      focus: () => (inputs.find((one) => one.checked) ?? inputs[0])?.focus(),
    };
  };
}

function choice(option, input) {
  return h(
    "label",
    { class: "choice" },
    input,
    h(
      "span",
      {},
      h("span", { class: "choice-text", dir: "auto" }, textNodes(option.text)),
      option.description
        ? h("span", { class: "choice-detail", dir: "auto" }, textNodes(option.description))
        : "",
    ),
  );
}

const MAKERS = {
  plain_text_input: textControl("text"),
  email_text_input: textControl("text", "email"),
  url_text_input: textControl("text", "url"),
  number_input: textControl("text", "decimal"),
  datepicker: dateControl("date", "initial_date"),
  timepicker: dateControl("time", "initial_time"),
  datetimepicker: momentControl,
  radio_buttons: choiceControl("radio"),
  checkboxes: choiceControl("checkbox"),
  file_input: fileControl,
};

const CHECKS = {
  plain_text_input: (value, { min_length: least = 0 }) =>
    [...value].length < least && `Please enter at least ${least} characters.`,
  email_text_input: (value) =>
    !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(value) && "Please enter a valid email address.",
  url_text_input: (value) => !/^https?:\/\/\S+$/i.test(value) && "Please enter a valid URL.",
  number_input: numberComplaint,
};

function numberComplaint(value, element) {
  if (!/^[+-]?\d*\.?\d+$/.test(value.trim())) return "Please enter a valid number.";
  const number = Number(value);
  if (!element.is_decimal_allowed && !Number.isInteger(number))
    return "Please enter a whole number.";
  if (element.min_value !== undefined && number < Number(element.min_value)) {
    return `Please enter a number of ${element.min_value} or more.`;
  }
  if (element.max_value !== undefined && number > Number(element.max_value)) {
    return `Please enter a number of ${element.max_value} or less.`;
  }
  return false;
}

/** What Slack itself would object to before the app is asked, or null. */
export function complaint(block, value) {
  const empty = value === null || (Array.isArray(value) && !value.length);
  if (empty) return block.optional ? null : "Please complete this required field.";
  return CHECKS[block.element.type]?.(value, block.element) || null;
}
