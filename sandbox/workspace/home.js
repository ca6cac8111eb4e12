/** The app's Home tab of the persona. */

import { post, sentence } from "./api.js";
import { blockRows } from "./blocks.js";
import { h, reconcile } from "./dom.js";
import { icon } from "./icons.js";
import { appName, refresh, store } from "./state.js";

let opened = null;

/** Show the Home tab; opening it tells the app, as Slack does. */
export function showHome(panel, visible) {
  if (!visible) {
    opened = null;
    return;
  }
  if (opened !== store.me) {
    opened = store.me;
    panel.shownRows = undefined;
    panel.replaceChildren();
    open(store.me);
  }
  const view = store.data.homes?.[store.me];
  const rows = view ? blockRows(view.blocks, host(view)) : [emptyRow()];
  reconcile(panel, [...rows, problemRow()]);
}

async function open(who) {
  const answer = await post("home", { user: who });
  say(answer);
  await refresh();
}

function host(view) {
  const where = { user: store.me, view_id: view.id };
  return {
    surface: "home",
    saved: (block, action) => view.state?.values?.[block]?.[action],
    options: (block, action, query) =>
      post("options", { ...where, block_id: block, action_id: action, query }),
    press: async (block, element, value) => {
      const answer = await post("press", {
        ...where,
        block_id: block,
        action_id: element.action_id,
        value,
      });
      say(answer);
      await refresh();
      return answer;
    },
  };
}

function say(answer) {
  const line = document.getElementById("home-problem");
  if (line) line.textContent = answer.ok ? "" : sentence(answer, appName());
}

function problemRow() {
  const make = () => h("div", { id: "home-problem", class: "message-problem", role: "alert" });
  return { key: "problem", sig: "", make };
}

function emptyRow() {
  return {
    key: "empty",
    sig: "",
    make: () =>
      h(
        "div",
        { class: "empty" },
        h("span", { class: "empty-icon" }, icon("home", 30)),
        h("p", { class: "empty-title" }, "Nothing on this Home tab yet."),
        h("p", {}, `${appName()} fills it when it is opened.`),
      ),
  };
}
