/** The box to write in: commands with hints, messages, shortcuts, and what went wrong. */

import { post, sentence } from "./api.js";
import { h, uid } from "./dom.js";
import { hintNode } from "./hints.js";
import { icon } from "./icons.js";
import { spoken } from "./mrkdwn.js";
import { menu } from "./popup.js";
import { appName, channel, nameOf, refresh, seat, store } from "./state.js";

const PATIENCE_MS = 400;

/** A composer for the channel in view, or for the open thread. */
export class Composer {
  constructor({ thread = false } = {}) {
    this.thread = thread;
    this.drafts = new Map();
    this.sent = [];
    this.recalled = -1;
    this.active = 0;
    this.build();
  }

  build() {
    const list = uid("hints");
    this.input = h("textarea", {
      rows: "1",
      dir: "auto",
      "data-testid": this.thread ? "thread-composer" : "composer",
      "data-focus": this.thread ? "thread-composer" : "composer",
      "aria-autocomplete": "list",
      "aria-controls": list,
      on: { input: () => this.changed(), keydown: (event) => this.key(event) },
    });
    this.hints = h("div", {
      id: list,
      class: "hints",
      role: "listbox",
      "aria-label": "Commands",
      "data-testid": this.thread ? "thread-hints" : "command-hints",
      hidden: true,
    });
    this.usage = h("div", { class: "usage", hidden: true });
    this.problem = h("div", {
      class: "composer-problem",
      role: "alert",
      "data-testid": this.thread ? "thread-error" : "composer-error",
    });
    this.waiting = h("div", { class: "composer-waiting", role: "status" });
    this.sendButton = h(
      "button",
      {
        type: "button",
        class: "send",
        "aria-label": "Send",
        title: "Send (Enter)",
        "data-testid": this.thread ? "thread-send" : "send",
        on: { click: () => this.send() },
      },
      icon("send"),
    );
    this.node = h(
      "div",
      { class: "composer" },
      this.hints,
      this.usage,
      h(
        "div",
        { class: "composer-box" },
        this.input,
        h("div", { class: "composer-bar" }, this.tools(), this.sendButton),
      ),
      h("div", { class: "composer-notes" }, this.problem, this.waiting),
    );
  }

  tools() {
    if (this.thread) return h("span", { class: "tip" }, "Replies go to this thread");
    const bolt = h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": "Shortcuts",
        title: "Shortcuts",
        "aria-haspopup": "menu",
        "aria-expanded": "false",
        "data-testid": "shortcuts",
        on: { click: () => this.shortcuts(bolt) },
      },
      icon("bolt"),
    );
    const more = h("span", { class: "tip-more" }, " · ", h("kbd", {}, "Shift Enter"), " new line");
    const tip = h("span", { class: "tip" }, h("kbd", {}, "/"), " commands", more);
    return h("span", { class: "composer-tools" }, bolt, tip);
  }

  /** Follow the persona to another place; each place keeps its own draft. */
  sync() {
    const { channel: id, thread } = seat();
    const key = `${store.me}/${id}/${this.thread ? thread : ""}`;
    if (key !== this.place) {
      if (this.place) this.drafts.set(this.place, this.input.value);
      this.place = key;
      this.say("");
      this.write(this.drafts.get(key) ?? "");
    }
    const here = channel(id);
    const name = here?.is_im ? appName() : `#${here?.name ?? ""}`;
    const text = this.thread ? "Reply…" : `Message ${name}`;
    this.input.placeholder = text;
    this.input.setAttribute(
      "aria-label",
      this.thread ? "Reply in thread" : `${text} as ${nameOf(store.me)}`,
    );
  }

  write(text) {
    this.input.value = text;
    this.changed(false);
  }

  changed(typed = true) {
    if (typed) {
      this.recalled = -1;
      this.say("");
    }
    this.input.style.height = "auto";
    const high = Math.min(this.input.scrollHeight, 220); // 0 while it is behind the Home tab
    if (high) this.input.style.height = `${high}px`;
    this.sendButton.classList.toggle("ready", Boolean(this.input.value.trim()));
    this.active = 0;
    this.drawHints();
  }

  /** The commands whose beginning is typed; none once the command is complete. */
  matches() {
    const text = this.input.value;
    if (this.thread || !/^\/\S*$/.test(text) || this.recalled >= 0) return [];
    return store.data.commands.filter((one) => one.command.startsWith(text.toLowerCase()));
  }

  drawHints() {
    const found = this.matches();
    this.hints.hidden = !found.length;
    this.hints.replaceChildren(...found.map((one, index) => this.hint(one, index)));
    const current = this.hints.children[this.active];
    if (current) this.input.setAttribute("aria-activedescendant", current.id);
    else this.input.removeAttribute("aria-activedescendant");
    this.drawUsage();
  }

  hint(command, index) {
    const row = hintNode(command, index === this.active);
    row.id = `${this.hints.id}-${index}`;
    row.addEventListener("pointerdown", (event) => event.preventDefault());
    row.addEventListener("click", () => this.complete(command));
    return row;
  }

  /** Once a command is typed, its usage stays in sight. */
  drawUsage() {
    const [word] = this.input.value.split(/\s/);
    const command = store.data.commands.find((one) => one.command === word);
    const show = Boolean(command?.usage_hint) && this.hints.hidden && !this.thread;
    this.usage.hidden = !show;
    if (show) this.usage.replaceChildren(h("strong", {}, word), ` ${command.usage_hint}`);
  }

  complete(command) {
    this.write(`${command.command} `);
    this.input.focus();
  }

  key(event) {
    if (event.isComposing) return;
    if (!this.hints.hidden && this.hintKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    } else if (event.key === "ArrowUp" && (!this.input.value || this.recalled >= 0)) {
      this.recall(event, 1);
    } else if (event.key === "ArrowDown" && this.recalled >= 0) this.recall(event, -1);
  }

  /** Keys while hints are shown; true when the key is used up. */
  hintKey(event) {
    const found = this.matches();
    const exact = found.some((one) => one.command === this.input.value.trim());
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.active = (this.active + step + found.length) % found.length;
      this.drawHints();
    } else if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey && !exact)) {
      this.complete(found[this.active]);
    } else if (event.key === "Escape") {
      this.hints.hidden = true;
    } else return false;
    event.preventDefault();
    return true;
  }

  recall(event, step) {
    const next = this.recalled + step;
    if (next >= this.sent.length) return;
    event.preventDefault();
    this.recalled = Math.max(-1, next);
    this.write(this.recalled < 0 ? "" : this.sent.at(-1 - this.recalled));
  }

  async send() {
    const text = this.input.value.trim();
    if (!text || this.busy) return;
    const isCommand = text.startsWith("/");
    const [word] = text.split(/\s/);
    if (isCommand && this.thread) {
      this.say("Commands do not work in threads. Type it in the channel.");
      return;
    }
    if (isCommand && !store.data.commands.some((one) => one.command === word)) {
      this.say(`${word} is not a command here. Type / to see those that are.`);
      return;
    }
    if (!this.thread) this.sent.push(text);
    this.recalled = -1;
    this.write("");
    const answer = await this.wait(() => (isCommand ? this.run(word, text) : this.speak(text)));
    if (!answer.ok) {
      this.say(sentence(answer, appName()));
      if (!this.input.value) this.write(text);
    }
    await refresh();
  }

  run(word, text) {
    const rest = text.slice(word.length).trim();
    return post("command", { user: store.me, channel: seat().channel, command: word, text: rest });
  }

  speak(text) {
    const said = { user: store.me, channel: seat().channel, text: spoken(text) };
    return post("say", this.thread ? { ...said, thread_ts: seat().thread } : said);
  }

  async wait(act) {
    this.busy = true;
    const timer = setTimeout(
      () => (this.waiting.textContent = `Waiting for ${appName()}…`),
      PATIENCE_MS,
    );
    try {
      return await act();
    } finally {
      clearTimeout(timer);
      this.busy = false;
      this.waiting.textContent = "";
    }
  }

  say(problem) {
    this.problem.textContent = problem;
  }

  shortcuts(anchor) {
    const items = store.data.shortcuts.filter((one) => one.type === "global");
    const take = async (one) => {
      this.say("");
      const answer = await this.wait(() =>
        post("shortcut", { user: store.me, callback_id: one.callback_id }),
      );
      if (!answer.ok) this.say(sentence(answer, appName()));
      await refresh();
    };
    menu(
      anchor,
      items.map((one) => ({
        label: one.name,
        detail: one.description,
        testid: `shortcut-${one.callback_id}`,
        take: () => take(one),
      })),
      "This app has no shortcuts",
    );
  }

  focus() {
    this.input.focus();
  }
}
