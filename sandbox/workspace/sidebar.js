/** The left side: whose eyes, which channel, which conversation with the app. */

import { avatar } from "./avatar.js";
import { h, reconcile } from "./dom.js";
import { icon } from "./icons.js";
import {
  appName,
  become,
  channels,
  directMessage,
  me,
  personas,
  seat,
  sit,
  store,
  unread,
} from "./state.js";

/** Draw the sidebar into its three lists. */
export function showSidebar() {
  reconcile(document.getElementById("personas"), personas().map(personaRow));
  showNote();
  reconcile(
    document.getElementById("channels"),
    channels()
      .filter((one) => !one.is_im)
      .map(channelRow),
  );
  reconcile(document.getElementById("apps"), appRows());
}

function showNote() {
  const person = me();
  const role = roleOf(person);
  const note = document.getElementById("persona-note");
  note.replaceChildren(h("strong", {}, person.real_name), role ? ` · ${role}` : "");
  note.title = note.textContent;
}

function roleOf(person) {
  return person.title || (person.is_restricted ? "Guest" : "");
}

/** The number of messages that wait for somebody in the direct message with the app. */
function waiting(who) {
  const dm = directMessage(who);
  return dm ? unread(dm.id, who) : 0;
}

function personaRow(person, index) {
  const mine = person.id === store.me;
  const count = mine ? 0 : waiting(person.id);
  const role = roleOf(person);
  return {
    key: person.id,
    sig: JSON.stringify([person, mine, count]),
    make: () =>
      h(
        "button",
        {
          type: "button",
          role: "radio",
          class: "persona",
          "aria-checked": String(mine),
          "aria-label": [person.real_name, role, count ? `${count} unread` : ""]
            .filter(Boolean)
            .join(", "),
          tabindex: mine ? "0" : "-1",
          title: `${person.real_name}${role ? ` – ${role}` : ""} (Alt+${index + 1})`,
          "data-testid": `persona-${person.name}`,
          "data-focus": person.id,
          on: { click: () => become(person.id), keydown: (event) => step(event, index) },
        },
        avatar(person.id),
        h("span", { class: "persona-name", dir: "auto" }, person.real_name.split(" ")[0]),
        count ? h("span", { class: "dot" }) : "",
      ),
  };
}

/** In a group of radio buttons the arrows choose. */
function step(event, index) {
  const move = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!move) return;
  event.preventDefault();
  const people = personas();
  const next = people[(index + move + people.length) % people.length];
  become(next.id);
  document.querySelector(`[data-testid="persona-${CSS.escape(next.name)}"]`)?.focus();
}

function row({ key, testid, name, label, count, current, sub, go }) {
  return {
    key,
    sig: JSON.stringify([label, count, current]),
    make: () =>
      h(
        "button",
        {
          type: "button",
          class: ["row", count ? "unread" : "", sub ? "sub" : ""].join(" "),
          "aria-current": current ? "page" : false,
          "aria-label": count ? `${label}, ${count} unread` : label,
          "data-testid": testid,
          "data-focus": key,
          on: { click: go },
        },
        icon(name, 16),
        h("span", { class: "row-name", dir: "auto", title: label }, label),
        count ? h("span", { class: "dot", "data-testid": `unread-${label}` }) : "",
      ),
  };
}

function go(change) {
  sit({ thread: null, ...change });
  document.getElementById("app").classList.remove("sidebar-open");
  if (change.tab === "messages") document.querySelector("[data-testid=composer]")?.focus();
}

function channelRow(channel) {
  const current = seat().channel === channel.id;
  return row({
    key: channel.id,
    testid: `channel-${channel.name}`,
    name: "hash",
    label: channel.name,
    count: current ? 0 : unread(channel.id),
    current,
    go: () => go({ channel: channel.id, tab: "messages" }),
  });
}

function appRows() {
  const dm = directMessage();
  if (!dm) return [];
  const here = seat().channel === dm.id;
  const onMessages = here && seat().tab === "messages";
  return [
    row({
      key: "app-messages",
      testid: "app-messages",
      name: "ticket",
      label: appName(),
      count: onMessages ? 0 : unread(dm.id),
      current: onMessages,
      go: () => go({ channel: dm.id, tab: "messages" }),
    }),
    row({
      key: "app-home",
      testid: "app-home",
      name: "home",
      label: "Home",
      count: 0,
      current: here && !onMessages,
      sub: true,
      go: () => go({ channel: dm.id, tab: "home" }),
    }),
  ];
}
