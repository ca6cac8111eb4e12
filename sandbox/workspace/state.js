/** What the page knows: the workspace as last read, and whose eyes it is seen through. */

import { get } from "./api.js";

const READ_KEY = "northwind.read";
const SEAT_KEY = "northwind.seat";

export const store = {
  /** @type {any} the document of GET /_/state */
  data: null,
  /** user id of the persona */
  me: null,
  /** where each persona is: {channel, tab, thread} by user id */
  seats: {},
  online: true,
  /** ephemeral messages a persona has put away */
  dismissed: new Set(),
};

let read = remembered(READ_KEY, {});
const listeners = new Set();

export function remembered(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function remember(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Private windows may refuse; the page works without memory.
  }
}

export function onChange(listener) {
  listeners.add(listener);
}

export function changed() {
  for (const listener of listeners) listener();
}

let reading = null;
let next = null;

/** Read the workspace anew; calls that come while one is under way share and await the next. */
export function refresh() {
  if (!reading) {
    reading = readAnew().finally(() => (reading = null));
    return reading;
  }
  next ??= reading.then(() => {
    next = null;
    return refresh();
  });
  return next;
}

async function readAnew() {
  try {
    const data = await get("/_/state");
    const news = !store.online || data.version !== store.data?.version;
    store.online = true;
    store.data = data;
    if (news) settle();
  } catch {
    if (store.online) {
      store.online = false;
      changed();
    }
  }
}

function settle() {
  const people = personas();
  if (!people.some((user) => user.id === store.me)) {
    const named = place().name;
    store.me = (people.find((user) => user.name === named) ?? people[0])?.id ?? null;
  }
  if (store.me && !store.seats[store.me]) take(place());
  changed();
}

/** The address bar's `#ana/marketing`, or where the page was left. */
function place() {
  const [name, channel] = decodeURIComponent(location.hash.slice(1)).split("/");
  return name ? { name, channel } : remembered(SEAT_KEY, {});
}

/** Go where the address bar says, once somebody has written there. */
export function arrive() {
  const { name, channel: wanted } = place();
  const person = personas().find((one) => one.name === name);
  if (!person) return;
  store.me = person.id;
  take({ channel: wanted });
  sit({});
}

function take({ channel: wanted }) {
  const found = channels().find((channel) => !channel.is_im && channel.name === wanted);
  const dm = directMessage();
  const home = wanted === "home" && dm;
  const fallback =
    wanted === "app" && dm ? dm : (channels().find((channel) => !channel.is_im) ?? dm);
  store.seats[store.me] = {
    channel: (found ?? (home ? dm : fallback))?.id ?? null,
    tab: home ? "home" : "messages",
    thread: null,
  };
}

export function personas() {
  return (store.data?.users ?? []).filter((user) => !user.is_bot && !user.deleted);
}

export function user(id) {
  return (store.data?.users ?? []).find((one) => one.id === id);
}

export function me() {
  return user(store.me);
}

/** @returns {string} the persona's time zone */
export function zone() {
  return me()?.tz || "UTC";
}

export function app() {
  return store.data?.bot ?? { name: "Vouchdesk" };
}

/** A name as a person reads it: "Vouchdesk", never "vouchdesk". */
export function appName() {
  const name = app().name || "Vouchdesk";
  return name[0].toUpperCase() + name.slice(1);
}

export function nameOf(id) {
  if (id === app().user_id) return appName();
  const found = user(id);
  return found?.real_name || found?.name || id;
}

/** The channels and the direct message that this person sees. */
export function channels(who = store.me) {
  return (store.data?.channels ?? []).filter((channel) =>
    channel.is_im ? channel.user === who : channel.members.includes(who),
  );
}

export function channel(id) {
  return (store.data?.channels ?? []).find((one) => one.id === id);
}

export function directMessage(who = store.me) {
  return channels(who).find((one) => one.is_im);
}

export function seat() {
  return store.seats[store.me] ?? { channel: null, tab: "messages", thread: null };
}

/** Move the persona; whatever is not named stays. */
export function sit(change) {
  store.seats[store.me] = { ...seat(), ...change };
  const here = channel(seat().channel);
  const where = here?.is_im ? (seat().tab === "home" ? "home" : "app") : here?.name;
  const mark = { name: me()?.name, channel: where };
  remember(SEAT_KEY, mark);
  history.replaceState(null, "", `#${mark.name}/${where ?? ""}`);
  changed();
}

/** Look through other eyes, at the same place where they may see it. */
export function become(id) {
  if (!user(id) || id === store.me) return;
  const here = channel(seat().channel);
  const tab = seat().tab;
  store.me = id;
  if (here && !here.is_im && channels().includes(here))
    sit({ channel: here.id, tab, thread: null });
  else if (here?.is_im) sit({ channel: directMessage()?.id, tab, thread: null });
  else {
    take({});
    sit({});
  }
}

/** Everything this person sees in a channel, oldest first; of threads what was said aloud. */
export function timeline(id) {
  const here = store.data.messages.filter((one) => one.channel === id);
  const own = here.filter((one) => !isReply(one) || one.subtype === "thread_broadcast");
  return [...own, ...whispers(id).filter((one) => !isReply(one))].sort(byTime);
}

export function replies(id, ts) {
  const own = store.data.messages.filter((one) => one.channel === id && isReply(one));
  return [...own, ...whispers(id)]
    .filter((one) => one.thread_ts === ts && one.ts !== ts)
    .sort(byTime);
}

function whispers(id) {
  return (store.data.ephemerals ?? [])
    .filter((one) => one.channel === id && one.user === store.me)
    .filter((one) => !store.dismissed.has(`${one.channel}/${one.ts}`))
    .map((one) => ({ ...one, user: app().user_id, bot_id: app().bot_id, whisper: true }));
}

function isReply(message) {
  return Boolean(message.thread_ts) && message.thread_ts !== message.ts;
}

function byTime(one, other) {
  return Number(one.ts) - Number(other.ts);
}

/** How many messages of others this person has not seen in a channel. */
export function unread(id, who = store.me) {
  const seen = Number(read[who]?.[id] ?? 0);
  return store.data.messages.filter(
    (one) => one.channel === id && one.user !== who && Number(one.ts) > seen,
  ).length;
}

export function markRead(id) {
  const newest = store.data.messages.filter((one) => one.channel === id).at(-1);
  if (!newest || read[store.me]?.[id] === newest.ts) return;
  read = { ...read, [store.me]: { ...read[store.me], [id]: newest.ts } };
  remember(READ_KEY, read);
}

/** The modal on top of the persona's stack, and how deep the stack is. */
export function topView() {
  const stack = (store.data?.views ?? []).filter((view) => view.user === store.me);
  return { view: stack.at(-1) ?? null, depth: stack.length };
}
