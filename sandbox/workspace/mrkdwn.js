/** Turns Slack's mrkdwn into nodes. */

import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { appName, app, channel, nameOf, store, zone } from "./state.js";
import { full, slackDate } from "./time.js";

const INLINE = new RegExp(
  [
    "`(?<code>[^`\\n]+)`",
    "<(?<angle>[^<>\\n]+)>",
    ":(?<emoji>[a-z0-9_+'-]+(?:::skin-tone-\\d)?):",
    "(?<![\\p{L}\\p{N}*])\\*(?<bold>(?! )[^*\\n]*[^*\\s])\\*(?![\\p{L}\\p{N}*])",
    "(?<![\\p{L}\\p{N}_])_(?<italic>(?! )[^_\\n]*[^_\\s])_(?![\\p{L}\\p{N}_])",
    "(?<![\\p{L}\\p{N}~])~(?<strike>(?! )[^~\\n]*[^~\\s])~(?![\\p{L}\\p{N}~])",
    "(?<url>https?://[^\\s<>|]+[^\\s<>|.,;:!?)])",
  ].join("|"),
  "gu",
);

/** Slack escapes three characters only. */
export function unescape(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** What a person typed, as Slack stores it: escaped, with names of people and channels marked. */
export function spoken(text) {
  const safe = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return safe.replace(/(?<![\w&])([@#])([a-z0-9][a-z0-9._-]*)/g, (all, sign, name) => {
    const { users, channels, usergroups } = store.data;
    const group = sign === "@" && usergroups.find((one) => one.handle === name);
    if (group) return `<!subteam^${group.id}>`;
    const found = (sign === "@" ? users : channels).find((one) => one.name === name && !one.is_im);
    return found ? `<${sign}${found.id}>` : all;
  });
}

/** A link, unless its scheme could run something. */
export function link(address, children) {
  if (!/^(https?:|mailto:|\/(?!\/))/i.test(address)) return h("span", {}, children);
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, children);
}

/** One line of text: styles, mentions, dates, links, emoji. */
export function inline(text) {
  const nodes = [];
  let last = 0;
  for (const match of text.matchAll(INLINE)) {
    nodes.push(unescape(text.slice(last, match.index)), piece(match.groups, match[0]));
    last = match.index + match[0].length;
  }
  nodes.push(unescape(text.slice(last)));
  return nodes;
}

function piece(groups, all) {
  if (groups.code) return h("code", {}, unescape(groups.code));
  if (groups.angle) return angle(groups.angle);
  if (groups.emoji) return emojiNode(groups.emoji, all);
  if (groups.bold) return h("strong", {}, inline(groups.bold));
  if (groups.italic) return h("em", {}, inline(groups.italic));
  if (groups.strike) return h("s", {}, inline(groups.strike));
  return link(unescape(groups.url), unescape(groups.url));
}

function emojiNode(code, all) {
  const drawn = emoji(code);
  return drawn === all ? all : h("span", { class: "emoji", title: all }, drawn);
}

/** What stands between angle brackets: `@U`, `#C`, `!date^…`, `!subteam^…`, an address. */
function angle(body) {
  const cut = body.indexOf("|");
  const [target, label] = cut < 0 ? [body, ""] : [body.slice(0, cut), body.slice(cut + 1)];
  if (target.startsWith("@")) return userMention(target.slice(1), label);
  if (target.startsWith("#")) return channelMention(target.slice(1), label);
  if (target.startsWith("!date^")) return date(target.split("^"), label);
  if (target.startsWith("!subteam^")) return groupMention(target.split("^")[1], label);
  if (target.startsWith("!")) return mention(`@${label || target.slice(1)}`, true);
  return link(unescape(target), label ? inline(label) : unescape(target.replace(/^mailto:/, "")));
}

function mention(text, loud = false) {
  return h("span", { class: loud ? "mention mention-me" : "mention", dir: "auto" }, text);
}

export function userMention(id, label = "") {
  const name = id === app().user_id ? appName() : nameOf(id);
  return mention(`@${name === id && label ? label : name}`, id === store.me);
}

export function channelMention(id, label = "") {
  return mention(`#${channel(id)?.name ?? (label || id)}`);
}

export function groupMention(id, label = "") {
  const group = (store.data?.usergroups ?? []).find((one) => one.id === id);
  const text = group ? `@${group.handle}` : label || id;
  return mention(text, group?.users.includes(store.me));
}

function date([, unix, pattern, address], fallback) {
  const moment = Number(unix);
  if (!Number.isFinite(moment)) return unescape(fallback);
  const shown = h(
    "time",
    { datetime: new Date(moment * 1000).toISOString(), title: full(moment, zone()) },
    slackDate(moment, unescape(pattern ?? "{date} {time}"), zone()),
  );
  return address ? link(unescape(address), shown) : shown;
}

/** Whole texts: fenced code, quotes and lines. */
export function mrkdwn(text) {
  return text.split(/```/).flatMap((part, index, all) => {
    if (index % 2 === 1 && index < all.length - 1) {
      return h("pre", { dir: "auto" }, h("code", {}, unescape(part.replace(/^\n|\n$/g, ""))));
    }
    return lines(index % 2 ? `\`\`\`${part}` : part);
  });
}

function lines(text) {
  const nodes = [];
  for (const [index, line] of text.split("\n").entries()) {
    const quoted = line.match(/^(?:&gt;|>) ?(.*)$/);
    const before = nodes.at(-1);
    if (quoted) {
      const open = before?.tagName === "BLOCKQUOTE" ? before : null;
      if (open) open.append(h("br"), ...inline(quoted[1]));
      else nodes.push(h("blockquote", { dir: "auto" }, inline(quoted[1])));
      continue;
    }
    if (index > 0 && before?.tagName !== "BLOCKQUOTE") nodes.push(h("br"));
    nodes.push(...inline(line));
  }
  return nodes;
}

/** A text object of Block Kit, plain or marked up. */
export function textNodes(object) {
  if (!object) return [];
  if (typeof object === "string") return [object];
  if (object.type === "mrkdwn") return mrkdwn(object.text ?? "");
  return plain(object.text ?? "");
}

function plain(text) {
  return text
    .split(/(:[a-z0-9_+'-]+:)/)
    .map((part, index) => (index % 2 ? emoji(part.slice(1, -1)) : part));
}

/** The words of a text object, for labels. */
export function words(object) {
  return textNodes(object)
    .map((node) => (typeof node === "string" ? node : node.textContent))
    .join("");
}
