/** Draws shared files as cards with a download link. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { store } from "./state.js";
import { size } from "./time.js";

/** The card of a file by its id; a file that is gone says so. */
export function fileCard(id) {
  const file = store.data.files.find((one) => one.id === id);
  if (!file) return h("p", { class: "unknown" }, "This file is gone.");
  const name = file.title || file.name || id;
  return h(
    "div",
    { class: "file", "data-testid": `file-${file.id}` },
    h("span", { class: "file-icon" }, icon("file", 22)),
    h(
      "span",
      { class: "file-text" },
      h("span", { class: "file-name", dir: "auto", title: name }, name),
      h("span", { class: "file-size" }, `${kind(file)} · ${size(file.size ?? 0)}`),
    ),
    h(
      "a",
      {
        class: "button icon-only",
        href: address(file),
        download: file.name || "",
        "aria-label": `Download ${name}`,
      },
      icon("download"),
    ),
  );
}

/** Files come from the page's own origin, however the workspace spells its address. */
function address(file) {
  try {
    const url = new URL(file.url_private, location.href);
    return /^https?:$/.test(url.protocol) ? url.pathname + url.search : `/files/${file.id}`;
  } catch {
    return `/files/${file.id}`;
  }
}

function kind(file) {
  const ending = (file.name ?? "").match(/\.([a-z0-9]{1,5})$/i);
  return ending ? ending[1].toUpperCase() : "File";
}
