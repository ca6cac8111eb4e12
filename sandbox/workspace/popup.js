/** A layer that hangs on another element: menus and lists of options. */

import { h } from "./dom.js";

let open = null;

/** Close whatever hangs open. */
export function closePopup() {
  open?.close();
}

/**
 * Hang `content` on `anchor`, below it or above where there is more room.
 * @param {HTMLElement} anchor
 * @param {HTMLElement} content
 * @param {{wide?: boolean, closed?: () => void}} [options] `wide`: as wide as its anchor
 * @returns {{close: () => void, place: () => void}}
 */
export function popup(anchor, content, { wide = false, closed } = {}) {
  closePopup();
  const host = anchor.closest('[role="dialog"], [role="alertdialog"]') ?? document.body;
  const layer = h("div", { class: "popup", popover: "manual" }, content);
  host.append(layer);
  layer.showPopover?.();
  const place = () => position(layer, anchor, wide);
  const outside = (event) => {
    if (!layer.contains(event.target) && !anchor.contains(event.target)) handle.close();
  };
  const moved = (event) => {
    if (!anchor.isConnected) handle.close();
    else if (!layer.contains(event.target)) place();
  };
  const handle = {
    place,
    close() {
      if (open !== handle) return;
      open = null;
      document.removeEventListener("pointerdown", outside, true);
      document.removeEventListener("scroll", moved, true);
      window.removeEventListener("resize", moved);
      layer.remove();
      closed?.();
    },
  };
  document.addEventListener("pointerdown", outside, true);
  document.addEventListener("scroll", moved, true);
  window.addEventListener("resize", moved);
  open = handle;
  place();
  return handle;
}

function position(layer, anchor, wide) {
  const box = anchor.getBoundingClientRect();
  const style = layer.style;
  if (wide) style.setProperty("width", `${Math.max(220, box.width)}px`);
  const below = window.innerHeight - box.bottom - 12;
  const above = box.top - 12;
  const up = below < Math.min(280, layer.scrollHeight) && above > below;
  style.setProperty("max-height", `${Math.min(320, up ? above : below)}px`);
  style.setProperty("top", up ? "auto" : `${box.bottom + 4}px`);
  style.setProperty("bottom", up ? `${window.innerHeight - box.top + 4}px` : "auto");
  const left = Math.min(box.left, window.innerWidth - layer.offsetWidth - 8);
  style.setProperty("left", `${Math.max(8, left)}px`);
}

/**
 * A menu of actions under a button; arrows move, Enter takes, Escape returns to the button.
 * @param {HTMLElement} anchor
 * @param {{label: string, detail?: string, value?: string, testid?: string,
 *   take: () => void}[]} items
 */
export function menu(anchor, items, empty = "Nothing here") {
  const back = () => anchor.focus({ preventScroll: true });
  const rows = items.map((item) =>
    h(
      "button",
      {
        type: "button",
        role: "menuitem",
        class: "menu-item",
        "data-testid": item.testid,
        "data-value": item.value,
        on: {
          click: () => {
            handle.close();
            back();
            item.take();
          },
        },
      },
      h("span", { class: "menu-label", dir: "auto" }, item.label),
      item.detail ? h("span", { class: "menu-detail", dir: "auto" }, item.detail) : "",
    ),
  );
  const list = h(
    "div",
    { role: "menu", class: "menu" },
    rows.length ? rows : h("p", { class: "menu-empty" }, empty),
  );
  list.addEventListener("keydown", (event) => {
    const at = rows.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (to !== undefined) rows.at(to % rows.length)?.focus();
    else if (event.key === "Escape" || event.key === "Tab") {
      handle.close();
      back();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  anchor.setAttribute("aria-expanded", "true");
  const handle = popup(anchor, list, {
    closed: () => anchor.setAttribute("aria-expanded", "false"),
  });
  handle.place();
  rows[0]?.focus();
  return handle;
}
