/** Asks before an action that wants to be sure. */

import { h, trapTab, uid } from "./dom.js";
import { textNodes, words } from "./mrkdwn.js";

/**
 * Show a Block Kit confirmation dialog over everything else.
 * @param {{title?: Object, text: Object, confirm?: Object, deny?: Object, style?: string}} dialog
 * @returns {Promise<boolean>} whether the person agreed
 */
export function confirmed(dialog) {
  const root = document.getElementById("confirm-root");
  const others = [document.getElementById("app"), document.getElementById("modal-root")];
  const before = document.activeElement;
  const wasInert = others.map((node) => node.inert);
  const ids = { title: uid("confirm"), text: uid("confirm") };
  return new Promise((resolve) => {
    const answer = (yes) => {
      root.replaceChildren();
      others.forEach((node, index) => (node.inert = wasInert[index]));
      before?.focus({ preventScroll: true });
      resolve(yes);
    };
    const box = question(dialog, ids, answer);
    box.addEventListener("keydown", (event) => {
      trapTab(box, event);
      if (event.key === "Escape") answer(false);
      event.stopPropagation();
    });
    others.forEach((node) => (node.inert = true));
    root.replaceChildren(h("div", { class: "backdrop" }, box));
    box.querySelector("[data-testid=confirm-ok]").focus();
  });
}

function question(dialog, ids, answer) {
  const button = (testid, label, style, yes) =>
    h(
      "button",
      {
        type: "button",
        class: `button ${style}`,
        "data-testid": testid,
        on: { click: () => answer(yes) },
      },
      label,
    );
  return h(
    "div",
    {
      class: "dialog confirm",
      role: "alertdialog",
      "aria-modal": "true",
      "aria-labelledby": ids.title,
      "aria-describedby": ids.text,
      "data-testid": "confirm-dialog",
    },
    h("h2", { id: ids.title, dir: "auto" }, words(dialog.title) || "Are you sure?"),
    h("div", { id: ids.text, class: "confirm-text", dir: "auto" }, textNodes(dialog.text)),
    h(
      "div",
      { class: "confirm-buttons" },
      button("confirm-cancel", words(dialog.deny) || "Cancel", "", false),
      button(
        "confirm-ok",
        words(dialog.confirm) || "Yes",
        dialog.style === "danger" ? "danger" : "primary",
        true,
      ),
    ),
  );
}
