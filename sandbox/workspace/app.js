/** Puts the page together: draws every part when the workspace or the place changes. */

import { follow } from "./api.js";
import { readCalls, startCalls } from "./calls.js";
import { Composer } from "./composer.js";
import { h } from "./dom.js";
import { showHome } from "./home.js";
import { icon } from "./icons.js";
import { emptyNote, showMessages } from "./messages.js";
import { syncModal } from "./modal.js";
import { closePopup } from "./popup.js";
import {
  app,
  appName,
  arrive,
  become,
  channel,
  channels,
  markRead,
  me,
  nameOf,
  onChange,
  personas,
  refresh,
  replies,
  seat,
  sit,
  store,
  timeline,
  unread,
  user,
} from "./state.js";
import { showSidebar } from "./sidebar.js";
import { startWorkflows } from "./workflows.js";

const find = (id) => document.getElementById(id);
const composer = new Composer();
const threadComposer = new Composer({ thread: true });
let lastPlace = "";
let lastThread = "";

function draw() {
  find("banner").hidden = store.online;
  if (!store.data || !store.me) return;
  const first = document.body.classList.contains("loading");
  document.body.classList.remove("loading");
  find("team").textContent = store.data.team?.name ?? "Northwind";
  drawMain();
  drawThread();
  showSidebar();
  syncModal();
  drawTitle();
  if (first && document.activeElement === document.body) composer.focus();
}

function drawMain() {
  const { channel: id, tab } = seat();
  const here = channel(id);
  const direct = Boolean(here?.is_im);
  const onHome = direct && tab === "home";
  const placeNow = `${store.me}/${id}/${tab}`;
  const fresh = placeNow !== lastPlace;
  if (fresh) closePopup();
  lastPlace = placeNow;
  drawHeader(here, direct, onHome);
  find("messages-pane").hidden = onHome;
  find("home-pane").hidden = !onHome;
  showHome(find("home"), onHome);
  composer.sync();
  if (onHome || !here) return;
  const messages = timeline(id);
  find("empty").hidden = messages.length > 0;
  find("empty").replaceChildren(emptyNote(direct));
  const atEnd = showMessages(find("log"), messages, { fresh });
  find("log").setAttribute(
    "aria-label",
    direct ? `Messages with ${appName()}` : `Messages in ${here.name}`,
  );
  find("newer").hidden = atEnd || unread(id) === 0;
  if (atEnd && !document.hidden) markRead(id);
}

function drawHeader(here, direct, onHome) {
  const title = direct ? appName() : (here?.name ?? "");
  find("place-icon").replaceChildren(icon(direct ? "ticket" : "hash", 20));
  find("place-name").textContent = title;
  find("place-note").textContent = direct ? "App" : memberNote(here);
  find("tabs").hidden = !direct;
  for (const [name, chosen] of [
    ["messages", !onHome],
    ["home", onHome],
  ]) {
    find(`tab-${name}`).setAttribute("aria-selected", String(chosen));
    find(`tab-${name}`).tabIndex = chosen ? 0 : -1;
  }
}

function memberNote(here) {
  const people = (here?.members ?? []).filter((id) => user(id) && id !== app().user_id);
  return people.map((id) => nameOf(id).split(" ")[0]).join(", ");
}

function drawThread() {
  const { channel: id, thread } = seat();
  const root = thread && store.data.messages.find((one) => one.channel === id && one.ts === thread);
  find("app").classList.toggle("thread-open", Boolean(root));
  find("thread").hidden = !root;
  if (!root) {
    lastThread = "";
    showMessages(find("thread-log"), []);
    return;
  }
  const here = channel(id);
  find("thread-place").textContent = here?.is_im ? appName() : `#${here?.name}`;
  threadComposer.sync();
  const fresh = lastThread !== `${store.me}/${id}/${thread}`;
  lastThread = `${store.me}/${id}/${thread}`;
  showMessages(find("thread-log"), [root, ...replies(id, thread)], { thread: true, fresh });
}

function drawTitle() {
  const waiting = channels().some((one) => unread(one.id) > 0);
  const here = channel(seat().channel);
  const place = here?.is_im ? appName() : `#${here?.name ?? ""}`;
  const team = store.data.team?.name ?? "Northwind";
  document.title = `${waiting ? "• " : ""}${place} – ${team} (${me()?.real_name})`;
}

function closeThread() {
  const ts = seat().thread;
  sit({ thread: null });
  const row = find("log").querySelector(
    `[data-ts="${CSS.escape(ts ?? "")}"] [data-testid=thread-link]`,
  );
  if (row) row.focus();
  else composer.focus();
}

function keys(event) {
  const number =
    event.altKey && !event.ctrlKey && !event.metaKey && event.code.match(/^Digit([1-9])$/);
  if (number) {
    const person = personas()[Number(number[1]) - 1];
    if (!person) return;
    event.preventDefault();
    become(person.id);
  } else if (event.key === "Escape" && !event.defaultPrevented) {
    if (find("app").classList.contains("sidebar-open")) sidebarOpen(false);
    else if (find("thread").contains(document.activeElement)) closeThread();
    else if (find("calls").contains(document.activeElement)) find("calls-close").click();
    else if (find("flows").contains(document.activeElement)) find("flows-close").click();
  }
}

function sidebarOpen(wanted) {
  find("app").classList.toggle("sidebar-open", wanted);
  find("menu").setAttribute("aria-expanded", String(wanted));
  if (wanted) document.querySelector(".persona[aria-checked=true]")?.focus();
}

function tabKeys(event) {
  if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
  const next = seat().tab === "home" ? "messages" : "home";
  sit({ tab: next });
  find(`tab-${next}`).focus();
}

function wire() {
  for (const node of document.querySelectorAll("[data-icon]"))
    node.prepend(icon(node.dataset.icon));
  find("composer-place").append(composer.node);
  find("thread-composer-place").append(threadComposer.node);
  find("tab-messages").addEventListener("click", () => sit({ tab: "messages" }));
  find("tab-home").addEventListener("click", () => sit({ tab: "home" }));
  find("tabs").addEventListener("keydown", tabKeys);
  find("thread-close").addEventListener("click", closeThread);
  find("menu").addEventListener("click", () =>
    sidebarOpen(!find("app").classList.contains("sidebar-open")),
  );
  find("scrim").addEventListener("click", () => sidebarOpen(false));
  find("newer").addEventListener("click", toEnd);
  find("newer").append(h("span", {}, "New messages"), icon("arrow", 16));
  find("log").addEventListener("scroll", read, { passive: true });
  document.addEventListener("keydown", keys);
  window.addEventListener("hashchange", arrive);
  document.addEventListener("visibilitychange", () => !document.hidden && refresh());
}

function toEnd() {
  find("log").scrollTop = find("log").scrollHeight;
  composer.focus();
}

/** Scrolled to the end: everything there has been seen. */
function read() {
  const log = find("log");
  if (
    !store.data ||
    find("newer").hidden ||
    log.scrollHeight - log.scrollTop - log.clientHeight > 80
  )
    return;
  markRead(seat().channel);
  draw();
}

onChange(draw);
wire();
startCalls();
startWorkflows();
follow(async () => {
  await refresh();
  readCalls();
});
refresh();
