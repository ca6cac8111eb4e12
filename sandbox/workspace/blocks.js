/** Draws the layout blocks of Block Kit, in messages, in the Home tab and in modals. */

import { chart } from "./charts.js";
import { h, uid } from "./dom.js";
import { elementNode, picture } from "./elements.js";
import { control } from "./fields.js";
import { fileCard } from "./files.js";
import { icon } from "./icons.js";
import { markdown } from "./markdown.js";
import { textNodes, words } from "./mrkdwn.js";
import { richText } from "./richtext.js";
import { dataTable, plainTable } from "./tables.js";

/**
 * One block as a node.
 * @param {Object} block
 * @param {import("./elements.js").Host} host
 */
export function blockNode(block, host) {
  const draw = BLOCKS[block.type];
  const body = draw ? draw(block, host) : unknown(block);
  return h("div", { class: `block block-${block.type}`, "data-block-id": block.block_id }, body);
}

/** Rows for `reconcile`: a block that did not change keeps its node. */
export function blockRows(blocks, host) {
  return blocks.map((block, index) => ({
    key: block.block_id ?? `${block.type}-${index}`,
    sig: JSON.stringify(block),
    make: () => blockNode(block, host),
  }));
}

function unknown(block) {
  return h("p", { class: "unknown" }, `A ${block.type} block is not shown here.`);
}

const BLOCKS = {
  header: (block) => h("h3", { dir: "auto" }, textNodes(block.text)),
  divider: () => h("hr"),
  section,
  context,
  actions: (block, host) => block.elements.map((element) => elementNode(element, block, host)),
  input,
  image,
  rich_text: richText,
  markdown: (block) => markdown(block.text ?? ""),
  table: plainTable,
  data_table: dataTable,
  data_visualization: chart,
  alert,
  card,
  carousel: (block, host) =>
    (block.elements ?? block.cards ?? []).map((one) => blockNode(one, host)),
  container,
  file: (block) => fileCard(block.external_id ?? block.file_id),
};

function section(block, host) {
  const text = block.text ? h("div", { class: "text", dir: "auto" }, textNodes(block.text)) : "";
  const fields = block.fields?.length
    ? h(
        "div",
        { class: "fields" },
        block.fields.map((one) => h("div", { class: "text", dir: "auto" }, textNodes(one))),
      )
    : "";
  const beside = block.accessory
    ? h("div", { class: "accessory" }, elementNode(block.accessory, block, host))
    : "";
  return [h("div", { class: "section-text" }, text, fields), beside];
}

function context(block) {
  return block.elements.map((element) =>
    element.type === "image"
      ? picture(element, "tiny")
      : h("span", { class: "text", dir: "auto" }, textNodes(element)),
  );
}

function image(block) {
  const title = block.title ? h("figcaption", { dir: "auto" }, textNodes(block.title)) : "";
  return h("figure", {}, title, picture(block, "wide"));
}

const SIGNS = { warning: "warning", error: "warning", success: "check" };

function alert(block) {
  const level = block.level ?? "default";
  return h(
    "div",
    { class: `alert ${level}`, role: "note" },
    icon(SIGNS[level] ?? "info"),
    h("div", { class: "text", dir: "auto" }, textNodes(block.text)),
  );
}

function card(block, host) {
  const line = (name) =>
    block[name] ? h("div", { class: `card-${name}`, dir: "auto" }, textNodes(block[name])) : "";
  return h(
    "article",
    { class: "card" },
    block.hero_image ? picture(block.hero_image, "wide") : "",
    h(
      "div",
      { class: "card-head" },
      block.icon ? picture(block.icon, "thumb") : "",
      h("div", {}, line("title"), line("subtitle")),
    ),
    line("body"),
    line("subtext"),
    h(
      "div",
      { class: "card-actions" },
      (block.actions ?? []).map((one) => elementNode(one, block, host)),
    ),
  );
}

function container(block, host) {
  const title = block.title ? textNodes(block.title) : richText(block.rich_text_title ?? {});
  const head = [
    h("strong", { dir: "auto" }, title),
    block.subtitle ? h("span", { class: "muted", dir: "auto" }, textNodes(block.subtitle)) : "",
  ];
  const body = h(
    "div",
    { class: "container-body" },
    block.child_blocks.map((one) => blockNode(one, host)),
  );
  if (!block.is_collapsible)
    return h("div", { class: "container" }, h("div", { class: "container-head" }, head), body);
  return h(
    "details",
    { class: "container", open: !block.default_collapsed },
    h("summary", { class: "container-head" }, icon("chevron", 16), head),
    body,
  );
}

/** An input block: label, control, hint, and room for an objection. */
function input(block, host) {
  const { element } = block;
  const label = words(block.label);
  const ids = { hint: uid("hint"), error: uid("error") };
  const made = control(element, {
    blockId: block.block_id,
    label,
    host,
    changed: () => host.touched?.(block),
    dispatch: Boolean(block.dispatch_action),
  });
  if (!made) return unknown(element);
  const target = made.node.matches("input, textarea")
    ? made.node
    : made.node.querySelector("input, textarea");
  target?.setAttribute("aria-describedby", `${ids.error} ${ids.hint}`);
  if (!block.optional) target?.setAttribute("aria-required", "true");
  host.adopt?.(block, made);
  return h(
    "div",
    { class: "field", "data-testid": `field-${block.block_id}` },
    h(
      "div",
      { class: "field-label", dir: "auto", on: { click: () => made.focus() } },
      textNodes(block.label),
      block.optional ? h("span", { class: "optional" }, " (optional)") : "",
    ),
    made.node,
    h("div", {
      id: ids.error,
      class: "field-error",
      "data-testid": `error-${block.block_id}`,
      role: "alert",
    }),
    block.hint ? h("div", { id: ids.hint, class: "hint", dir: "auto" }, textNodes(block.hint)) : "",
  );
}
