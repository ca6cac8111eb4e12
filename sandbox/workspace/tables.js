/** Draws `table` and `data_table` blocks; the latter pages and sorts. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { richText } from "./richtext.js";

function cell(content) {
  if (!content) return "";
  if (content.type === "rich_text") return richText(content);
  return content.text ?? String(content.value ?? "");
}

function worth(content) {
  if (content?.type === "raw_number") return content.value;
  return content?.text ?? "";
}

/** A small table: first row is the header, columns aligned as the block says. */
export function plainTable(block) {
  const [head, ...body] = block.rows;
  const look = (column) => ({
    dir: "auto",
    class: [
      `align-${block.column_settings?.[column]?.align ?? "left"}`,
      block.column_settings?.[column]?.is_wrapped ? "wrapped" : "",
    ].join(" "),
  });
  const row = (tag, cells) =>
    h(
      "tr",
      {},
      cells.map((one, column) => h(tag, look(column), cell(one))),
    );
  return scroll(
    h(
      "table",
      {},
      h("thead", {}, row("th", head)),
      h(
        "tbody",
        {},
        body.map((cells) => row("td", cells)),
      ),
    ),
    "Table",
  );
}

function scroll(table, label) {
  return h(
    "div",
    { class: "table-scroll", tabindex: "0", role: "region", "aria-label": label },
    table,
  );
}

/** A long table with a caption: click a heading to sort, page below. */
export function dataTable(block) {
  const [head, ...body] = block.rows;
  const perPage = block.page_size ?? 10;
  const view = { page: 0, column: null, down: false };
  const holder = h("div", { class: "data-table" });
  const pages = Math.max(1, Math.ceil(body.length / perPage));
  const go = (change) => {
    Object.assign(view, change);
    draw();
  };
  const sorted = () =>
    view.column === null ? body : [...body].sort(comparing(view.column, view.down));
  const draw = () => {
    const shown = sorted().slice(view.page * perPage, (view.page + 1) * perPage);
    const active = document.activeElement?.dataset.focus;
    holder.replaceChildren(
      scroll(
        h(
          "table",
          {},
          h("caption", { dir: "auto" }, block.caption),
          h(
            "thead",
            {},
            h(
              "tr",
              {},
              head.map((one, column) => heading(one, column, view, go, isNumber(body, column))),
            ),
          ),
          h(
            "tbody",
            {},
            shown.map((cells) => bodyRow(cells, block.row_header_column_index)),
          ),
        ),
        block.caption,
      ),
      pages > 1 ? pager(view, pages, body.length, go) : "",
    );
    if (active) holder.querySelector(`[data-focus="${CSS.escape(active)}"]`)?.focus();
  };
  draw();
  return holder;
}

function comparing(column, down) {
  return (one, other) => {
    const [a, b] = [worth(one[column]), worth(other[column])];
    const order =
      typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
    return down ? -order : order;
  };
}

function isNumber(body, column) {
  return body[0]?.[column]?.type === "raw_number";
}

function heading(content, column, view, go, right) {
  const mine = view.column === column;
  const label = h(
    "button",
    {
      type: "button",
      class: "sort",
      "data-focus": `sort-${column}`,
      on: { click: () => go({ column, down: mine && !view.down, page: 0 }) },
    },
    cell(content),
    mine ? h("span", { class: view.down ? "sorted down" : "sorted" }, icon("chevron", 14)) : "",
  );
  const order = view.down ? "descending" : "ascending";
  const look = {
    scope: "col",
    class: right ? "align-right" : "",
    "aria-sort": mine ? order : "none",
  };
  return h("th", look, label);
}

function bodyRow(cells, headerColumn) {
  return h(
    "tr",
    {},
    cells.map((one, column) =>
      h(
        column === headerColumn ? "th" : "td",
        { dir: "auto", class: one?.type === "raw_number" ? "align-right" : "" },
        cell(one),
      ),
    ),
  );
}

function pager(view, pages, rows, go) {
  const step = (label, change, disabled) =>
    h(
      "button",
      {
        type: "button",
        class: "quiet",
        disabled,
        "data-focus": label,
        on: { click: () => go({ page: view.page + change }) },
      },
      label,
    );
  return h(
    "div",
    { class: "pager" },
    step("Previous", -1, view.page === 0),
    h("span", {}, `Page ${view.page + 1} of ${pages} · ${rows} rows`),
    step("Next", 1, view.page === pages - 1),
  );
}
