/** The small square faces beside names. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { app, nameOf, user } from "./state.js";

const COLOURS = 8;

/** Initials on the person's own colour; the app wears its ticket. */
export function avatar(id, className = "") {
  if (id === app().user_id)
    return h("span", { class: `avatar bot ${className}`, "aria-hidden": "true" }, icon("ticket"));
  const initials = nameOf(id)
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0] ?? "")
    .join("");
  return h(
    "span",
    { class: `avatar tint-${tint(id)} ${className}`, "aria-hidden": "true" },
    initials.toUpperCase(),
  );
}

function tint(id) {
  const fixed = { ana: 1, bo: 2, cy: 3, gil: 4 }[user(id)?.name];
  if (fixed) return fixed;
  return ([...id].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % COLOURS) + 1;
}
