/** Draws messages: in a channel with day separators, and in a thread. */

import { post, sentence } from "./api.js";
import { avatar } from "./avatar.js";
import { blockNode } from "./blocks.js";
import { h, reconcile } from "./dom.js";
import { fileCard } from "./files.js";
import { icon } from "./icons.js";
import { mrkdwn } from "./mrkdwn.js";
import { menu } from "./popup.js";
import { app, appName, changed, nameOf, refresh, replies, sit, store, zone } from "./state.js";
import { clock, day, dayName, full } from "./time.js";

const TOGETHER_S = 300;

/**
 * Show messages, oldest first, and stay at the end when the reader was there.
 * @param {HTMLElement} log
 * @param {Object[]} messages
 * @param {{thread?: boolean, fresh?: boolean}} options `fresh`: another place, start at its end
 */
export function showMessages(log, messages, { thread = false, fresh = false } = {}) {
  const atEnd = fresh || log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  const rows = [];
  let before = null;
  for (const message of messages) {
    const date = day(Number(message.ts), zone());
    const newDay = !before || day(Number(before.ts), zone()) !== date;
    if (newDay && !thread) rows.push(dayRow(date, message));
    rows.push(messageRow(message, { thread, follows: !newDay && follows(before, message) }));
    before = message;
  }
  reconcile(log, rows);
  if (atEnd) log.scrollTop = log.scrollHeight;
  return atEnd;
}

function dayRow(date, message) {
  const name = dayName(Number(message.ts), zone());
  return {
    key: `day-${date}`,
    sig: name,
    make: () =>
      h("div", { class: "day", role: "separator", "aria-label": name }, h("span", {}, name)),
  };
}

/** Whether a message goes on under the name of the one before; a card never does. */
function follows(before, message) {
  if (message.blocks?.length > 1) return false;
  if (before.user !== message.user || Boolean(before.whisper) !== Boolean(message.whisper))
    return false;
  return Number(message.ts) - Number(before.ts) < TOGETHER_S;
}

function messageRow(message, look) {
  const answers = look.thread ? [] : replies(message.channel, message.ts);
  const last = answers.at(-1)?.ts;
  const files = (message.files ?? []).map((id) => store.data.files.find((one) => one.id === id));
  const sig = JSON.stringify([message, look, answers.length, last, files, store.me]);
  const key = `${message.channel}/${message.ts}${message.whisper ? "/whisper" : ""}`;
  return { key, sig, make: () => messageNode(message, look, answers) };
}

function messageNode(message, look, answers) {
  const problem = h("div", { class: "message-problem", role: "alert" });
  const host = messageHost(message, problem);
  const who = nameOf(message.user);
  const at = Number(message.ts);
  const classes = ["message", look.follows ? "follows" : "", message.whisper ? "whisper" : ""];
  return h(
    "article",
    {
      class: classes.join(" "),
      "data-testid": "message",
      "data-ts": message.ts,
      "aria-label": `${who}, ${clock(at, zone())}`,
    },
    h(
      "div",
      { class: "message-side" },
      look.follows
        ? h("time", { class: "side-time", title: full(at, zone()) }, clock(at, zone()))
        : avatar(message.user),
    ),
    h(
      "div",
      { class: "message-main" },
      message.whisper ? whisperNote(message) : "",
      look.follows ? "" : byline(message, who, at),
      content(message, host, look.follows),
      (message.files ?? []).map(fileCard),
      (message.attachments ?? []).map((one) => unfurled(one, host)),
      problem,
      answers.length ? threadLink(message, answers) : "",
    ),
    toolbar(message, look, problem),
  );
}

function byline(message, who, at) {
  return h(
    "div",
    { class: "byline" },
    h("span", { class: "author", dir: "auto" }, who),
    message.bot_id ? h("span", { class: "badge" }, "APP") : "",
    h("time", { class: "when", title: full(at, zone()) }, clock(at, zone())),
    message.blocks?.length ? editedNote(message) : "",
  );
}

function editedNote(message) {
  return message.edited ? h("span", { class: "edited" }, " (edited)") : "";
}

function content(message, host, follows) {
  const edited = editedNote(message);
  if (message.blocks?.length) {
    const blocks = message.blocks.map((block) => blockNode(block, host));
    return h("div", { class: "content" }, blocks, follows ? edited : "");
  }
  if (!message.text) return "";
  return h("div", { class: "content text", dir: "auto" }, mrkdwn(message.text), edited);
}

/** The card under a link; what is drawn in it is the app's. */
function unfurled(attachment, host) {
  return h(
    "div",
    { class: "unfurl", "data-testid": "unfurl" },
    h("div", { class: "unfurl-app" }, appName()),
    (attachment.blocks ?? []).map((block) => blockNode(block, host)),
  );
}

function whisperNote(message) {
  const away = () => {
    store.dismissed.add(`${message.channel}/${message.ts}`);
    changed();
  };
  return h(
    "div",
    { class: "whisper-note" },
    icon("eye", 14),
    "Only visible to you",
    h("button", { type: "button", class: "link-button", on: { click: away } }, "Dismiss"),
  );
}

function messageHost(message, problem) {
  const where = () => ({ user: store.me, channel: message.channel, ts: message.ts });
  const say = (answer) => {
    problem.textContent = answer.ok ? "" : sentence(answer, appName());
  };
  return {
    surface: "message",
    here: () => message.channel,
    options: (block, action, query) =>
      post("options", { ...where(), block_id: block, action_id: action, query }),
    press: async (block, element, value) => {
      problem.textContent = "";
      const answer = await post("press", {
        ...where(),
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

function openThread(message) {
  sit({ thread: message.thread_ts ?? message.ts });
  document.querySelector("[data-testid=thread-composer]")?.focus();
}

function threadLink(message, answers) {
  const people = [...new Set(answers.map((one) => one.user))].slice(0, 3);
  const label = answers.length === 1 ? "1 reply" : `${answers.length} replies`;
  return h(
    "button",
    {
      type: "button",
      class: "thread-link",
      "data-testid": "thread-link",
      "data-focus": "thread",
      on: { click: () => openThread(message) },
    },
    people.map((id) => avatar(id, "small")),
    h("span", { class: "thread-count" }, label),
    h("span", { class: "muted" }, `Last at ${clock(Number(answers.at(-1).ts), zone())}`),
  );
}

function toolbar(message, look, problem) {
  const items = store.data.shortcuts.filter((one) => one.type === "message");
  const tools = [];
  if (!look.thread && !message.whisper) {
    tools.push(tool("reply", "Reply in thread", "reply-in-thread", () => openThread(message)));
  }
  if (!message.whisper && items.length) {
    const more = tool("bolt", "Message shortcuts", "message-shortcuts", () =>
      shortcuts(more, items, message, problem),
    );
    more.setAttribute("aria-haspopup", "menu");
    tools.push(more);
  }
  return tools.length
    ? h("div", { class: "toolbar", role: "group", "aria-label": "Message actions" }, tools)
    : "";
}

function tool(name, label, testid, act) {
  return h(
    "button",
    {
      type: "button",
      class: "icon-button",
      title: label,
      "aria-label": label,
      "data-testid": testid,
      "data-focus": testid,
      on: { click: act },
    },
    icon(name),
  );
}

function shortcuts(anchor, items, message, problem) {
  menu(
    anchor,
    items.map((one) => ({
      label: one.name,
      detail: one.description,
      testid: `shortcut-${one.callback_id}`,
      take: async () => {
        const what = {
          user: store.me,
          callback_id: one.callback_id,
          ts: message.ts,
          channel: message.channel,
        };
        const answer = await post("shortcut", what);
        problem.textContent = answer.ok ? "" : sentence(answer, appName());
        await refresh();
      },
    })),
  );
}

/** What stands in a place without messages. */
export function emptyNote(direct) {
  const name = app().name ? appName() : "the app";
  return h(
    "div",
    { class: "empty" },
    h("span", { class: "empty-icon" }, icon(direct ? "ticket" : "message", 30)),
    h("p", { class: "empty-title" }, "No messages yet."),
    h("p", {}, "Type ", h("kbd", {}, "/"), ` to see what ${name} can do.`),
  );
}
