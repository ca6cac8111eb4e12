/** Draws `rich_text` blocks. */

import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { channelMention, groupMention, link, userMention } from "./mrkdwn.js";
import { zone } from "./state.js";
import { slackDate } from "./time.js";

const LEAVES = {
  text: (leaf) => leaf.text,
  emoji: (leaf) => h("span", { class: "emoji" }, emoji(leaf.name)),
  link: (leaf) => link(leaf.url, leaf.text || leaf.url),
  user: (leaf) => userMention(leaf.user_id),
  channel: (leaf) => channelMention(leaf.channel_id),
  usergroup: (leaf) => groupMention(leaf.usergroup_id),
  broadcast: (leaf) => h("span", { class: "mention mention-me" }, `@${leaf.range}`),
  date: (leaf) => slackDate(leaf.timestamp, leaf.format, zone()),
  color: (leaf) => leaf.value,
};

const STYLES = { code: "code", strike: "s", italic: "em", bold: "strong", underline: "u" };

function leafNode(leaf) {
  let node = LEAVES[leaf.type]?.(leaf) ?? "";
  for (const [style, tag] of Object.entries(STYLES)) {
    if (leaf.style?.[style]) node = h(tag, {}, node);
  }
  return node;
}

function leaves(section) {
  return (section.elements ?? []).map(leafNode);
}

const PARTS = {
  rich_text_section: (part) => h("div", { class: "rich", dir: "auto" }, leaves(part)),
  rich_text_preformatted: (part) => h("pre", { dir: "auto" }, h("code", {}, leaves(part))),
  rich_text_quote: (part) => h("blockquote", { dir: "auto", class: "rich" }, leaves(part)),
  rich_text_list: (part) =>
    h(
      part.style === "ordered" ? "ol" : "ul",
      { style: { "--indent": part.indent ?? 0 } },
      part.elements.map((item) => h("li", { dir: "auto" }, leaves(item))),
    ),
};

/** The nodes of a rich_text block. */
export function richText(block) {
  return (block.elements ?? []).map((part) => PARTS[part.type]?.(part) ?? "");
}
