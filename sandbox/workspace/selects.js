/** The menus of Block Kit as comboboxes: static, searching, people, channels; one or several. */

import { combobox } from "./combobox.js";
import { words } from "./mrkdwn.js";
import { appName, channels, nameOf, store } from "./state.js";

/** @returns {import("./fields.js").Control} */
export function selectControl(element, context) {
  const multi = element.type.startsWith("multi_");
  const kind = element.type.replace("multi_", "").replace("_select", "");
  const source = SOURCES[kind](element, context);
  const wire = () => {
    const values = box.chosen.map((one) => one.value);
    return multi ? values : (values[0] ?? null);
  };
  const box = combobox({
    multi,
    load: source.load,
    search: kind === "external",
    minQuery: kind === "external" ? (element.min_query_length ?? 3) : 0,
    initial: source.initial,
    placeholder: words(element.placeholder) || (multi ? "Choose options" : "Choose an option"),
    label: context.label || words(element.placeholder) || "Options",
    most: element.max_selected_items,
    focusKey: `${context.blockId}|${element.action_id}`,
    testid: `input-${element.action_id}`,
    changed: () => {
      context.changed();
      if (context.dispatch) context.host.press(context.blockId, element, wire());
    },
  });
  return {
    node: box.node,
    get: () => box.chosen,
    set: (chosen) => box.set(chosen, true),
    wire,
    focus: () => box.focus(),
  };
}

function choice(option) {
  return { value: option.value, label: words(option.text), detail: words(option.description) };
}

function initialOptions(element) {
  const options =
    element.initial_options ?? (element.initial_option ? [element.initial_option] : []);
  return options.map(choice);
}

/** Options and option groups in one shape. */
function grouped(options, groups) {
  if (groups?.length) {
    return groups.map((group) => ({
      label: words(group.label),
      choices: group.options.map(choice),
    }));
  }
  const list = options ?? [];
  if (list[0]?.options) return grouped([], list);
  return [{ label: null, choices: list.map(choice) }];
}

function matching(groups, query) {
  const wanted = fold(query);
  return groups
    .map((group) => ({
      ...group,
      choices: group.choices.filter((one) =>
        fold(`${one.label} ${one.detail ?? ""}`).includes(wanted),
      ),
    }))
    .filter((group) => group.choices.length);
}

function fold(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

const SOURCES = {
  static: (element) => {
    const groups = grouped(element.options, element.option_groups);
    return { load: (query) => matching(groups, query), initial: initialOptions(element) };
  },
  external: (element, context) => ({
    initial: initialOptions(element),
    load: async (query) => {
      const answer = await context.host.options(context.blockId, element.action_id, query);
      if (!answer.ok) return `${appName()} did not answer in time`;
      return grouped(answer.options, answer.option_groups);
    },
  }),
  users: (element) => known(people(), element.initial_users ?? element.initial_user),
  channels: (element) => known(rooms(), element.initial_channels ?? element.initial_channel),
  conversations: (element, context) => {
    const here = element.default_to_current_conversation ? context.host.here?.() : undefined;
    const wanted = element.initial_conversations ?? element.initial_conversation ?? here;
    const include = element.filter?.include;
    const all = [...rooms(), ...(include && !include.includes("im") ? [] : direct())];
    return known(all, wanted);
  },
};

/** A source whose options are all known beforehand. */
function known(choices, initial) {
  const ids = [initial ?? []].flat();
  return {
    load: (query) => matching([{ label: null, choices }], query),
    initial: choices.filter((one) => ids.includes(one.value)),
  };
}

function people() {
  return store.data.users
    .filter((user) => !user.deleted && !user.is_bot)
    .map((user) => ({ value: user.id, label: nameOf(user.id), detail: user.title ?? "" }));
}

function rooms() {
  return channels()
    .filter((channel) => !channel.is_im)
    .map((channel) => ({ value: channel.id, label: `#${channel.name}` }));
}

function direct() {
  return store.data.channels
    .filter((channel) => channel.is_im)
    .map((channel) => ({ value: channel.id, label: `@${nameOf(channel.user)}` }));
}
