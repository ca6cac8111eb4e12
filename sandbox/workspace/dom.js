/** Makes and reuses DOM nodes; data enters the page as text nodes only, never as markup. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an element. `on` holds listeners, `style` custom properties, everything else attributes;
 * false, null and undefined leave an attribute out. Children may be nodes, strings and lists.
 * @param {string} tag
 * @param {Object<string, any>} [props]
 * @param {...any} children
 * @returns {HTMLElement}
 */
export function h(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** The same for drawings. */
export function svg(tag, props = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

function fill(node, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === false || value === null || value === undefined) continue;
    if (name === "on") {
      for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
    } else if (name === "style") {
      for (const [key, setting] of Object.entries(value)) node.style.setProperty(key, setting);
    } else {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
  node.append(...children.flat(Infinity).filter((child) => child || child === 0));
  return node;
}

let counter = 0;

/** An id no other node has. */
export function uid(prefix = "id") {
  counter += 1;
  return `${prefix}-${counter}`;
}

/**
 * Make `parent` show these rows, touching only those whose signature changed, so that focus,
 * typed text and scroll position in the others stay.
 * @param {HTMLElement} parent
 * @param {{key: string, sig: string, make: (old?: HTMLElement) => HTMLElement}[]} rows
 */
export function reconcile(parent, rows) {
  const restore = focusIn(parent);
  const known = parent.shownRows ?? new Map();
  const wanted = new Set(rows.map((row) => row.key));
  for (const [key, row] of known) if (!wanted.has(key)) row.node.remove();
  const next = new Map();
  let cursor = parent.firstChild;
  for (const row of rows) {
    const old = known.get(row.key);
    const node = old && old.sig === row.sig ? old.node : row.make(old?.node);
    if (old && old.node !== node) {
      if (cursor === old.node) cursor = node;
      old.node.replaceWith(node);
    }
    if (cursor === node) cursor = node.nextSibling;
    else parent.insertBefore(node, cursor);
    next.set(row.key, { sig: row.sig, node });
  }
  parent.shownRows = next;
  restore();
}

/**
 * Remember where the focus and the text selection are; the returned function brings them back
 * when the node that had them was drawn anew, even under another block id.
 */
function focusIn(root) {
  const active = document.activeElement;
  const key = root.contains(active) ? active.dataset.focus : undefined;
  if (!key) return () => {};
  const range = "selectionStart" in active ? [active.selectionStart, active.selectionEnd] : [null];
  return () => {
    if (root.contains(document.activeElement)) return;
    const tail = key.slice(key.indexOf("|"));
    const heir =
      root.querySelector(`[data-focus="${CSS.escape(key)}"]`) ??
      (tail.length > 1 && root.querySelector(`[data-focus$="${CSS.escape(tail)}"]`));
    if (!heir) return;
    heir.focus({ preventScroll: true });
    if (range[0] !== null) heir.setSelectionRange?.(...range);
  };
}

const FOCUSABLE =
  "a[href], button:not([disabled]), input:not([disabled]), textarea:not([disabled]), " +
  'summary, [tabindex="0"]';

/** What the Tab key can reach inside a node, in order. */
export function focusables(root) {
  return [...root.querySelectorAll(FOCUSABLE)].filter((node) => node.getClientRects().length);
}

/** Keep the Tab key inside a dialog. */
export function trapTab(root, event) {
  if (event.key !== "Tab") return;
  const stops = focusables(root);
  if (!stops.length) return;
  const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
  if (document.activeElement !== edge && root.contains(document.activeElement)) return;
  event.preventDefault();
  (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
}
