/** The looks of a command among the hints of the composer. */

import { h } from "./dom.js";

/** @param {{command: string, usage_hint?: string, description?: string}} command */
export function hintNode(command, active) {
  return h(
    "div",
    {
      class: active ? "hint-row active" : "hint-row",
      role: "option",
      "aria-selected": String(active),
      "data-value": command.command,
    },
    h(
      "span",
      { class: "hint-command" },
      h("strong", {}, command.command),
      h("span", { class: "muted" }, ` ${command.usage_hint ?? ""}`),
    ),
    h("span", { class: "hint-detail", dir: "auto" }, command.description ?? ""),
  );
}
