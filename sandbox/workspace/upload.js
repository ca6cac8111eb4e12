/** The control with which files of this machine are put into a form: chosen, or dropped on it. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { size } from "./time.js";

const LARGEST = 10_000_000;

/**
 * One or more text files; their content goes to the workspace, and nowhere else.
 * @param {Object} element
 * @param {import("./fields.js").Context} context
 * @returns {import("./fields.js").Control}
 */
export function fileControl(element, context) {
  return new Upload(element, context).control();
}

class Upload {
  constructor(element, context) {
    this.element = element;
    this.context = context;
    this.most = element.max_files ?? 10;
    this.files = [];
    this.input = h("input", {
      type: "file",
      multiple: this.most > 1,
      accept: (element.filetypes ?? []).map((ending) => `.${ending}`).join(",") || null,
      "aria-label": context.label,
      "data-focus": `${context.blockId}|${element.action_id}`,
      "data-testid": `input-${element.action_id}`,
      on: { change: () => this.take([...this.input.files]) },
    });
    this.list = h("ul", { class: "uploads" });
    this.problem = h("p", { class: "upload-problem", role: "alert" });
    this.node = h(
      "div",
      { class: "upload", on: { dragover: (event) => this.over(event), drop: (e) => this.drop(e) } },
      this.list,
      h(
        "label",
        { class: "upload-choose" },
        this.input,
        icon("file"),
        this.most > 1 ? "Choose files, or drop them here" : "Choose a file, or drop one here",
      ),
      this.problem,
    );
  }

  control() {
    return {
      node: this.node,
      get: () => this.files,
      set: (files) => this.show(files),
      wire: () => this.files,
      focus: () => this.input.focus(),
    };
  }

  over(event) {
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  }

  drop(event) {
    event.preventDefault();
    this.take([...event.dataTransfer.files]);
  }

  async take(chosen) {
    this.input.value = "";
    this.problem.textContent = this.objection(chosen);
    if (!chosen.length || this.problem.textContent) return;
    const read = await Promise.all(
      chosen.map(async (file) => ({ name: file.name, content: await file.text() })),
    );
    const kept = this.most > 1 ? this.files : [];
    this.show([...kept, ...read].slice(-this.most));
    this.context.changed();
  }

  objection(chosen) {
    const endings = this.element.filetypes;
    const ending = ({ name }) => name.toLowerCase().split(".").at(-1);
    const odd = chosen.find((one) => endings && !endings.includes(ending(one)));
    if (odd) return `${odd.name} is not one of: ${endings.join(", ")}.`;
    const large = chosen.find((one) => one.size > LARGEST);
    return large ? `${large.name} is larger than ${size(LARGEST)}.` : "";
  }

  show(files) {
    this.files = files;
    this.list.replaceChildren(...files.map((file) => this.row(file)));
  }

  row(file) {
    const away = () => {
      this.show(this.files.filter((one) => one !== file));
      this.context.changed();
      this.input.focus();
    };
    return h(
      "li",
      {},
      icon("file", 16),
      h("span", { class: "upload-name", dir: "auto" }, file.name),
      h("span", { class: "muted" }, size(new Blob([file.content]).size)),
      h(
        "button",
        { type: "button", class: "icon-button", "aria-label": `Remove ${file.name}`, on: { click: away } },
        icon("close", 14),
      ),
    );
  }
}
