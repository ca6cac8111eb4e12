/** The looks of a combobox: a row of its list, and a chip for one thing chosen. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

/** @param {import("./combobox.js").Choice} choice */
export function optionNode(choice, chosen) {
  const detail = choice.detail;
  return h(
    "div",
    {
      role: "option",
      class: "option",
      "aria-selected": String(chosen),
      "data-value": choice.value,
    },
    h(
      "span",
      { class: "option-text" },
      h("span", { class: "option-label", dir: "auto" }, choice.label),
      detail ? h("span", { class: "option-detail", dir: "auto" }, detail) : "",
    ),
    h("span", { class: "tick" }, icon("check", 16)),
  );
}

/** @param {import("./combobox.js").Choice} choice */
export function chipNode(choice, drop) {
  return h(
    "span",
    { class: "chip", "data-value": choice.value },
    h("span", { class: "chip-label", dir: "auto" }, choice.label),
    h(
      "button",
      { type: "button", "aria-label": `Remove ${choice.label}`, on: { click: drop } },
      icon("close", 12),
    ),
  );
}
