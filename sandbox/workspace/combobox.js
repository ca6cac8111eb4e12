/** The page's own select: a text box that filters or searches, a list of options, and chips. */

import { h, uid } from "./dom.js";
import { icon } from "./icons.js";
import { chipNode, optionNode } from "./options.js";
import { popup } from "./popup.js";

const SEARCH_MS = 220;

/**
 * One thing to choose.
 * @typedef {{value: string, label: string, detail?: string}} Choice
 * @typedef {{label: string | null, choices: Choice[]}} Group
 */

/**
 * @param {{load: (query: string) => Promise<Group[]> | Group[], initial: Choice[], multi: boolean,
 *   placeholder: string, label: string, minQuery?: number, search?: boolean, most?: number,
 *   focusKey: string, testid: string, changed: (chosen: Choice[]) => void}} options
 */
export function combobox(options) {
  return new Combobox(options);
}

class Combobox {
  constructor(options) {
    this.options = options;
    this.chosen = [...options.initial];
    this.choices = [];
    this.active = -1;
    this.asked = 0;
    this.handle = null;
    this.listId = uid("list");
    this.input = this.makeInput();
    this.chips = h("span", { class: "chips" });
    this.clear = h(
      "button",
      {
        type: "button",
        class: "clear",
        "aria-label": `Clear ${options.label}`,
        on: { click: () => this.choose(null) },
      },
      icon("close", 14),
    );
    this.node = h(
      "div",
      {
        class: options.multi ? "combobox multi" : "combobox",
        on: { pointerdown: (event) => this.pointed(event) },
      },
      this.chips,
      this.input,
      this.clear,
      h("span", { class: "caret" }, icon("chevron", 16)),
    );
    this.list = h("div", {
      role: "listbox",
      id: this.listId,
      "aria-label": options.label,
      class: "listbox",
    });
    if (options.multi) this.list.setAttribute("aria-multiselectable", "true");
    this.show();
  }

  makeInput() {
    const { label, placeholder, focusKey, testid } = this.options;
    return h("input", {
      type: "text",
      role: "combobox",
      autocomplete: "off",
      spellcheck: "false",
      dir: "auto",
      placeholder,
      "aria-label": label,
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.listId,
      "data-focus": focusKey,
      "data-testid": testid,
      on: {
        input: () => this.filter(),
        keydown: (event) => this.key(event),
        blur: () => this.left(),
      },
    });
  }

  /** Show what is chosen: the label in the box, or chips beside it. */
  show() {
    const { multi, placeholder } = this.options;
    this.clear.hidden = multi || !this.chosen.length;
    this.input.placeholder = multi && this.chosen.length ? "" : placeholder;
    if (!multi) this.input.value = this.chosen[0]?.label ?? "";
    this.chips.replaceChildren(
      ...(multi ? this.chosen.map((one) => chipNode(one, () => this.drop(one))) : []),
    );
    this.node.dataset.value = this.chosen.map((choice) => choice.value).join(" ");
  }

  set(chosen, quiet = false) {
    this.chosen = [...chosen];
    this.show();
    if (!quiet) this.options.changed(this.chosen);
  }

  pointed(event) {
    if (event.target.closest("button")) return;
    if (event.target !== this.input) event.preventDefault();
    this.input.focus();
    if (this.handle) this.close();
    else this.browse();
  }

  /** Open on everything there is; what is typed next replaces the label. */
  browse() {
    if (!this.options.multi) this.input.select();
    this.open();
    this.ask("");
  }

  open() {
    if (this.handle) return;
    this.input.setAttribute("aria-expanded", "true");
    this.handle = popup(this.node, this.list, {
      wide: true,
      closed: () => {
        this.handle = null;
        this.input.setAttribute("aria-expanded", "false");
        this.input.removeAttribute("aria-activedescendant");
      },
    });
  }

  close() {
    this.handle?.close();
  }

  filter() {
    this.open();
    this.ask(this.input.value.trim());
  }

  /** Ask for the options of a query; only the newest answer counts. */
  ask(query) {
    this.asked += 1;
    const mine = this.asked;
    const { minQuery = 0, search = false, load } = this.options;
    clearTimeout(this.timer);
    if (query.length < minQuery) {
      const more = minQuery === 1 ? "Type to search" : `Type at least ${minQuery} characters`;
      this.note(more);
      return;
    }
    if (!search) {
      this.draw(load(query));
      return;
    }
    this.note("Searching…", true);
    this.timer = setTimeout(
      async () => {
        const groups = await load(query);
        if (mine === this.asked && this.handle) this.draw(groups);
      },
      query ? SEARCH_MS : 0,
    );
  }

  note(text, busy = false) {
    this.choices = [];
    this.active = -1;
    this.list.setAttribute("aria-busy", String(busy));
    this.list.replaceChildren(
      h("p", { class: busy ? "list-note busy" : "list-note", role: "status" }, text),
    );
    this.handle?.place();
  }

  draw(groups) {
    if (typeof groups === "string") {
      this.note(groups);
      return;
    }
    this.choices = groups.flatMap((group) => group.choices);
    if (!this.choices.length) {
      this.note("Nothing found");
      return;
    }
    this.list.setAttribute("aria-busy", "false");
    let index = -1;
    const nodes = groups.map((group) => {
      const rows = group.choices.map((choice) => {
        index += 1;
        return this.option(choice, index);
      });
      if (group.label === null) return rows;
      return h(
        "div",
        { role: "group", "aria-label": group.label },
        h("div", { class: "group-label", dir: "auto" }, group.label),
        rows,
      );
    });
    this.list.replaceChildren(...nodes.flat());
    this.handle?.place();
    const current = this.choices.findIndex((choice) => this.isChosen(choice));
    this.move(this.options.multi || current < 0 ? 0 : current);
  }

  isChosen(choice) {
    return this.chosen.some((one) => one.value === choice.value);
  }

  option(choice, index) {
    const row = optionNode(choice, this.isChosen(choice));
    row.id = `${this.listId}-${index}`;
    row.addEventListener("pointerdown", (event) => event.preventDefault());
    row.addEventListener("pointermove", () => this.active !== index && this.move(index, false));
    row.addEventListener("click", () => this.choose(choice));
    return row;
  }

  drop(choice) {
    this.set(this.chosen.filter((one) => one.value !== choice.value));
    this.input.focus();
  }

  move(index, scroll = true) {
    const rows = [...this.list.querySelectorAll('[role="option"]')];
    if (!rows.length) return;
    this.active = (index + rows.length) % rows.length;
    rows.forEach((row, at) => row.classList.toggle("active", at === this.active));
    this.input.setAttribute("aria-activedescendant", rows[this.active].id);
    if (scroll) rows[this.active].scrollIntoView({ block: "nearest" });
  }

  choose(choice) {
    const { multi, most = Infinity } = this.options;
    if (!multi) {
      this.set(choice ? [choice] : []);
      this.close();
      this.input.focus();
      return;
    }
    const without = this.chosen.filter((one) => one.value !== choice.value);
    if (without.length === this.chosen.length && without.length >= most) return;
    this.set(without.length < this.chosen.length ? without : [...without, choice]);
    const here = this.input.value ? 0 : this.active;
    this.input.value = "";
    this.ask("");
    this.move(here);
    this.input.focus();
  }

  key(event) {
    const { key } = event;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (key === "Backspace" && this.options.multi && !this.input.value && this.chosen.length) {
      this.set(this.chosen.slice(0, -1));
      return;
    }
    if (key in steps && !event.altKey) {
      if (this.handle) this.move(this.active + steps[key]);
      else this.browse();
    } else if (key === "Enter") {
      if (!this.handle) this.browse();
      else if (this.choices[this.active]) this.choose(this.choices[this.active]);
    } else if (key === "Escape" && this.handle) {
      this.close();
      this.left();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Leaving without a choice leaves what was chosen before. */
  left() {
    this.close();
    clearTimeout(this.timer);
    if (!this.options.multi) this.input.value = this.chosen[0]?.label ?? "";
    else this.input.value = "";
  }

  focus() {
    this.input.focus();
  }
}
