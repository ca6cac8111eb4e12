/** Draws what stands inside blocks: buttons, menus, images, and controls that act at once. */

import { confirmed } from "./confirm.js";
import { h } from "./dom.js";
import { control } from "./fields.js";
import { icon } from "./icons.js";
import { words } from "./mrkdwn.js";
import { menu } from "./popup.js";
import { store } from "./state.js";

/**
 * Where blocks live and how they reach the bot.
 * @typedef {{surface: "message" | "home" | "modal",
 *   press: (blockId: string, element: Object, value?: any) => Promise<import("./api.js").Answer>,
 *   options: (blockId: string, actionId: string, query: string) =>
 *     Promise<import("./api.js").Answer>,
 *   saved?: (blockId: string, actionId: string) => Object | undefined,
 *   adopt?: (block: Object, control: import("./fields.js").Control) => void,
 *   here?: () => string}} Host
 */

/** An element of an actions block or beside a section. */
export function elementNode(element, block, host) {
  if (element.type === "button" || element.type === "workflow_button")
    return button(element, block, host);
  if (element.type === "overflow") return overflow(element, block, host);
  if (element.type === "image") return picture(element, "thumb");
  const careful = {
    ...host,
    press: (id, one, value) => ask(one, () => host.press(id, one, value)),
  };
  const context = {
    blockId: block.block_id,
    label: words(element.placeholder) || element.accessibility_label || words(block.text),
    host: careful,
    changed: () => {},
    dispatch: true,
  };
  const made = control(element, context);
  if (!made) return h("span", { class: "unknown" }, `(${element.type} is not shown here)`);
  return h("div", { class: `inline-control ${element.type}` }, made.node);
}

async function ask(element, act) {
  if (element.confirm && !(await confirmed(element.confirm))) return { ok: true };
  return act();
}

/** Act once at a time; the node shows that it is busy and keeps the focus. */
async function busily(node, act) {
  if (node.getAttribute("aria-busy") === "true") return;
  node.setAttribute("aria-busy", "true");
  try {
    await act();
  } finally {
    node.removeAttribute("aria-busy");
  }
}

function button(element, block, host) {
  const node = h(
    "button",
    {
      type: "button",
      class: `button ${element.style ?? ""}`,
      "aria-label": element.accessibility_label,
      "data-testid": `button-${element.action_id}`,
      "data-value": element.value,
      "data-focus": `${block.block_id}|${element.action_id}|${element.value ?? ""}`,
      on: { click: () => clicked() },
    },
    h("span", { class: "button-text", dir: "auto" }, words(element.text)),
  );
  const clicked = () =>
    busily(node, () =>
      ask(element, () => {
        if (/^https?:/i.test(element.url ?? "")) window.open(element.url, "_blank", "noopener");
        return host.press(block.block_id, element);
      }),
    );
  return node;
}

function overflow(element, block, host) {
  const node = h(
    "button",
    {
      type: "button",
      class: "button icon-only",
      "aria-label": "More actions",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "data-testid": `overflow-${element.action_id}`,
      "data-focus": `${block.block_id}|${element.action_id}`,
      on: { click: () => show() },
    },
    icon("more"),
  );
  const take = (option) =>
    busily(node, () =>
      ask(element, () => {
        if (/^https?:/i.test(option.url ?? "")) window.open(option.url, "_blank", "noopener");
        return host.press(block.block_id, element, option.value);
      }),
    );
  const show = () =>
    menu(
      node,
      element.options.map((option) => ({
        label: words(option.text),
        detail: words(option.description),
        value: option.value,
        testid: `option-${option.value}`,
        take: () => take(option),
      })),
    );
  return node;
}

/** Only pictures of the page's own origin are loaded; others leave their words. */
export function picture(element, className) {
  const file = store.data.files.find((one) => one.id === element.slack_file?.id);
  const address = file ? `/files/${file.id}` : (element.image_url ?? "");
  const holder = h("span", { class: `picture ${className}` });
  const placeholder = () =>
    holder.replaceChildren(
      h(
        "span",
        {
          class: "placeholder",
          role: "img",
          "aria-label": element.alt_text,
          title: element.alt_text,
        },
        icon("image", className === "tiny" ? 14 : 22),
        className === "wide" ? h("span", { dir: "auto" }, element.alt_text) : "",
      ),
    );
  if (!isOwn(address)) {
    placeholder();
    return holder;
  }
  holder.append(
    h("img", { src: address, alt: element.alt_text, loading: "lazy", on: { error: placeholder } }),
  );
  return holder;
}

function isOwn(address) {
  if (address.startsWith("data:image/")) return true;
  try {
    return Boolean(address) && new URL(address, location.href).origin === location.origin;
  } catch {
    return false;
  }
}
