/** Shows the view on top of the persona's stack as a dialog, and keeps what was typed in each. */

import { post, sentence } from "./api.js";
import { blockNode } from "./blocks.js";
import { focusables, h, reconcile, trapTab, uid } from "./dom.js";
import { complaint } from "./fields.js";
import { icon } from "./icons.js";
import { words } from "./mrkdwn.js";
import { closePopup } from "./popup.js";
import { appName, refresh, seat, store, topView } from "./state.js";

/** A view while it is open: its dialog, its controls, what was touched and what was objected to. */
class ViewForm {
  constructor(view) {
    this.view = view;
    this.fields = new Map();
    this.touched = new Set();
    this.told = new Map();
    this.errors = {};
    this.host = this.makeHost();
    this.build();
  }

  build() {
    const title = uid("title");
    this.title = h("h2", { id: title, dir: "auto" });
    this.leave = h("button", {
      type: "button",
      class: "icon-button",
      "data-testid": "modal-x",
      on: { click: () => close(this.view) },
    });
    this.body = h("div", { class: "dialog-body" });
    this.problem = h("div", { class: "dialog-problem", role: "alert" });
    this.closeButton = h("button", {
      type: "button",
      class: "button",
      "data-testid": "modal-close",
      on: { click: () => close(this.view) },
    });
    this.submitButton = h("button", {
      type: "submit",
      class: "button primary",
      "data-testid": "modal-submit",
    });
    this.node = h(
      "form",
      {
        class: "dialog modal",
        role: "dialog",
        "aria-modal": "true",
        "aria-labelledby": title,
        "data-testid": "modal",
        novalidate: true,
        tabindex: "-1",
        on: { submit: (event) => this.submit(event), keydown: (event) => this.key(event) },
      },
      h("header", {}, this.leave, this.title),
      this.body,
      this.problem,
      h("footer", {}, this.closeButton, this.submitButton),
    );
  }

  makeHost() {
    const where = () => ({ user: this.view.user, view_id: this.view.id });
    return {
      surface: "modal",
      saved: (block, action) => this.view.state?.values?.[block]?.[action],
      here: () => seat().channel,
      touched: (block) => this.touch(block),
      adopt: (block, made) => this.adopt(block, made),
      options: (block, action, query) =>
        post("options", { ...where(), block_id: block, action_id: action, query }),
      press: async (block, element, value) => {
        await this.tell(block);
        const what = { block_id: block, action_id: element.action_id, value };
        const answer = await post("press", { ...where(), ...what });
        this.complain(answer.ok ? "" : sentence(answer, appName()));
        await refresh();
        return answer;
      },
    };
  }

  /** Take in a new state of the view; blocks that stayed the same keep their nodes. */
  update(view, depth) {
    const hadInputs = this.fields.size > 0;
    this.view = view;
    this.node.dataset.viewId = view.id;
    this.node.dataset.callbackId = view.callback_id ?? "";
    this.title.textContent = words(view.title);
    this.leave.replaceChildren(icon(depth > 1 ? "back" : "close"));
    this.leave.setAttribute("aria-label", depth > 1 ? "Back" : "Close dialog");
    this.closeButton.textContent = words(view.close) || "Close";
    this.submitButton.textContent = words(view.submit) || "Submit";
    this.submitButton.hidden = !view.submit;
    const present = new Set(view.blocks.map((block) => block.block_id));
    for (const id of this.fields.keys()) if (!present.has(id)) this.fields.delete(id);
    reconcile(this.body, this.rows(view.blocks));
    if (!this.node.isConnected) return;
    if (!hadInputs && this.fields.size) this.focusFirst();
    else if (!this.node.contains(document.activeElement)) this.node.focus();
  }

  rows(blocks) {
    return blocks.map((block, index) => ({
      key: block.block_id ?? `${block.type}-${index}`,
      sig: JSON.stringify(block),
      make: () => {
        const node = blockNode(block, this.host);
        if (this.errors[block.block_id]) this.paint(node, block.block_id);
        return node;
      },
    }));
  }

  /** A block drawn again with the same action keeps what the person had entered. */
  adopt(block, made) {
    const before = this.fields.get(block.block_id);
    const same = before?.block.element.action_id === block.element.action_id;
    if (
      same &&
      before.block.element.type === block.element.type &&
      this.touched.has(block.block_id)
    ) {
      made.set(before.made.get());
    } else this.touched.delete(block.block_id);
    this.fields.set(block.block_id, { block, made });
  }

  touch(block) {
    this.touched.add(block.block_id);
    if (!this.errors[block.block_id]) return;
    delete this.errors[block.block_id];
    this.paint(this.body, block.block_id);
  }

  /** What was entered and not only shown; the workspace knows the rest. */
  values() {
    const touched = [...this.fields].filter(([id]) => this.touched.has(id));
    return Object.fromEntries(touched.map(([id, { made }]) => [id, made.wire()]));
  }

  /** Before the app is told of one thing, the workspace learns what else was typed. */
  async tell(pressed) {
    for (const [id, { block, made }] of this.fields) {
      const news = JSON.stringify(made.wire());
      const silent = id !== pressed && !block.dispatch_action && this.touched.has(id);
      if (!silent || this.told.get(id) === news) continue;
      this.told.set(id, news);
      const what = { block_id: id, action_id: block.element.action_id, value: made.wire() };
      await post("press", { user: this.view.user, view_id: this.view.id, ...what });
    }
  }

  async submit(event) {
    event.preventDefault();
    if (this.busy || this.submitButton.hidden) return;
    const found = [...this.fields].map(([id, { block, made }]) => [
      id,
      complaint(block, made.wire()),
    ]);
    const errors = Object.fromEntries(found.filter(([, error]) => error));
    if (Object.keys(errors).length) {
      this.object(errors);
      return;
    }
    this.setBusy(true);
    const answer = await post("submit", {
      user: this.view.user,
      view_id: this.view.id,
      values: this.values(),
    });
    await refresh();
    this.setBusy(false);
    this.object(answer.errors ?? {});
    const silent = answer.ok || Object.keys(this.errors).length;
    this.complain(silent ? "" : sentence(answer, appName()));
  }

  setBusy(busy) {
    this.busy = busy;
    this.node.setAttribute("aria-busy", String(busy));
    this.body.inert = busy;
    this.submitButton.setAttribute("aria-disabled", String(busy));
    this.closeButton.disabled = busy;
    if (busy) {
      closePopup();
      this.submitButton.focus();
    }
  }

  /** Put each objection under its field and go to the first. */
  object(errors) {
    const before = Object.keys(this.errors);
    this.errors = { ...errors };
    for (const id of new Set([...before, ...Object.keys(errors)])) this.paint(this.body, id);
    const first = this.view.blocks.find((block) => errors[block.block_id]);
    if (first) this.fields.get(first.block_id)?.made.focus();
  }

  paint(root, id) {
    const field = root.querySelector(`[data-testid="field-${CSS.escape(id)}"]`);
    if (!field) return;
    const error = this.errors[id] ?? "";
    field.classList.toggle("wrong", Boolean(error));
    field.querySelector(".field-error").textContent = error;
    const input = field.querySelector("input, textarea");
    if (error) input?.setAttribute("aria-invalid", "true");
    else input?.removeAttribute("aria-invalid");
  }

  complain(text) {
    this.problem.textContent = text;
  }

  key(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      if (!this.busy) close(this.view);
    } else trapTab(this.node, event);
  }

  focusFirst() {
    const wanted = this.view.blocks.find((block) => block.element?.focus_on_load);
    const [first] = this.fields.values();
    const field = wanted ? this.fields.get(wanted.block_id) : first;
    if (field) field.made.focus();
    else (focusables(this.body)[0] ?? this.node).focus();
  }
}

const forms = new Map();
const closing = new Set();
let shown = null;
let opener = null;

/** Show, change or take away the dialog, as the workspace says. */
export function syncModal() {
  const alive = new Set(store.data.views.map((view) => view.id));
  for (const id of forms.keys()) if (!alive.has(id)) forms.delete(id);
  const { view, depth } = topView();
  if (!view || closing.has(view.id)) {
    hide();
    return;
  }
  const form = forms.get(view.id) ?? new ViewForm(view);
  forms.set(view.id, form);
  form.update(view, depth);
  if (shown !== form) show(form);
}

function show(form) {
  closePopup();
  const app = document.getElementById("app");
  if (!shown) opener = document.activeElement;
  shown = form;
  app.inert = true;
  document.getElementById("modal-root").replaceChildren(h("div", { class: "backdrop" }, form.node));
  form.focusFirst();
}

function hide() {
  if (!shown) return;
  closePopup();
  shown = null;
  document.getElementById("modal-root").replaceChildren();
  document.getElementById("app").inert = false;
  const heir = opener?.isConnected && opener !== document.body ? opener : null;
  (heir ?? document.querySelector("[data-testid=composer]"))?.focus({ preventScroll: true });
}

async function close(view) {
  closing.add(view.id);
  syncModal();
  await post("close", { user: view.user, view_id: view.id });
  await refresh();
  closing.delete(view.id);
  if (store.data.views.some((one) => one.id === view.id)) syncModal();
}
