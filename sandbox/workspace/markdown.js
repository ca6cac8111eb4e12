/** Turns the standard Markdown of a `markdown` block into nodes. */

import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { link } from "./mrkdwn.js";

const INLINE = new RegExp(
  [
    "`(?<code>[^`]+)`",
    "\\[(?<label>[^\\]]+)\\]\\((?<href>[^)\\s]+)\\)",
    "(?:\\*\\*|__)(?<bold>(?! ).+?)(?:\\*\\*|__)",
    "(?<![\\p{L}\\p{N}*])[*](?<star>(?! )[^*]+)[*]",
    "(?<![\\p{L}\\p{N}_])_(?<under>(?! )[^_]+)_(?![\\p{L}\\p{N}])",
    "~~(?<strike>.+?)~~",
    "(?<url>https?://[^\\s<>]+[^\\s<>.,;:!?)])",
  ].join("|"),
  "gu",
);

function spans(text) {
  const nodes = [];
  let last = 0;
  for (const match of text.matchAll(INLINE)) {
    nodes.push(literal(text.slice(last, match.index)), piece(match.groups));
    last = match.index + match[0].length;
  }
  nodes.push(literal(text.slice(last)));
  return nodes;
}

function literal(text) {
  return withEmoji(text.replace(/\\([\\`*_~[\]()#>|-])/g, "$1"));
}

function piece(groups) {
  if (groups.code) return h("code", {}, groups.code);
  if (groups.href) return link(groups.href, spans(groups.label));
  if (groups.bold) return h("strong", {}, spans(groups.bold));
  if (groups.star || groups.under) return h("em", {}, spans(groups.star ?? groups.under));
  if (groups.strike) return h("s", {}, spans(groups.strike));
  return link(groups.url, groups.url);
}

/** Each kind of paragraph: how it begins, and how it takes lines off the pile. */
const KINDS = [
  [/^```/, fence],
  [/^#{1,6} /, heading],
  [/^(-{3,}|\*{3,}|_{3,})\s*$/, rule],
  [/^> ?/, quote],
  [/^\s*([-*+]|\d+[.)]) /, list],
  [/^\|.*\|\s*$/, table],
];

/** The nodes of a Markdown text. */
export function markdown(text) {
  const pile = text.split("\n");
  const nodes = [];
  while (pile.length) {
    if (!pile[0].trim()) {
      pile.shift();
      continue;
    }
    const kind = KINDS.find(([start]) => start.test(pile[0]));
    nodes.push(kind ? kind[1](pile) : paragraph(pile));
  }
  return nodes;
}

function takeWhile(pile, test) {
  const taken = [];
  while (pile.length && test(pile[0])) taken.push(pile.shift());
  return taken;
}

function fence(pile) {
  pile.shift();
  const body = takeWhile(pile, (line) => !line.startsWith("```"));
  pile.shift();
  return h("pre", { dir: "auto" }, h("code", {}, body.join("\n")));
}

function heading(pile) {
  const [, marks, text] = pile.shift().match(/^(#+) (.*)$/);
  return h(`h${Math.min(6, marks.length + 2)}`, { dir: "auto" }, spans(text));
}

function rule(pile) {
  pile.shift();
  return h("hr");
}

function quote(pile) {
  const taken = takeWhile(pile, (line) => line.startsWith(">"));
  return h(
    "blockquote",
    { dir: "auto" },
    markdown(taken.map((line) => line.replace(/^> ?/, "")).join("\n")),
  );
}

function list(pile) {
  const entry = /^(\s*)([-*+]|\d+[.)]) (.*)$/;
  const ordered = /^\s*\d/.test(pile[0]);
  const taken = takeWhile(pile, (line) => entry.test(line));
  const items = taken.map((line) => {
    const [, indent, , text] = line.match(entry);
    const done = text.match(/^\[([ xX])\] (.*)$/);
    const body = done ? [done[1] === " " ? "☐ " : "☑ ", spans(done[2])] : spans(text);
    return h("li", { dir: "auto", style: { "--indent": Math.floor(indent.length / 2) } }, body);
  });
  return h(ordered ? "ol" : "ul", {}, items);
}

function table(pile) {
  const rows = takeWhile(pile, (line) => /^\|.*\|\s*$/.test(line))
    .filter((line) => !/^\|[\s|:-]+\|\s*$/.test(line))
    .map((line) =>
      line
        .trim()
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
  const [head, ...body] = rows;
  const row = (cells, tag) =>
    h(
      "tr",
      {},
      cells.map((cell) => h(tag, { dir: "auto" }, spans(cell))),
    );
  return h(
    "div",
    { class: "table-scroll", tabindex: "0" },
    h(
      "table",
      {},
      h("thead", {}, row(head, "th")),
      h(
        "tbody",
        {},
        body.map((cells) => row(cells, "td")),
      ),
    ),
  );
}

function paragraph(pile) {
  const taken = takeWhile(
    pile,
    (line) => line.trim() && !KINDS.some(([start]) => start.test(line)),
  );
  return h(
    "p",
    { dir: "auto" },
    taken.flatMap((line, index) => (index ? [h("br"), spans(line)] : spans(line))),
  );
}
