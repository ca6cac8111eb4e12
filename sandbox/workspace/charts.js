/** Draws `data_visualization` blocks as simple drawings with a legend. */

import { h, svg } from "./dom.js";

const WIDTH = 560;
const HEIGHT = 240;
const FRAME = { left: 48, right: 12, top: 26, bottom: 40 };

const colour = (index) => `var(--chart-${(index % 6) + 1})`;

/** A figure: title, drawing, legend; the numbers are in the drawing's label as well. */
export function chart(block) {
  const { chart: data, title } = block;
  const pie = data.type === "pie";
  const names = pie ? data.segments.map((one) => one.label) : data.series.map((one) => one.name);
  return h(
    "figure",
    { class: "chart" },
    h("figcaption", { dir: "auto" }, title),
    pie ? pieDrawing(data.segments, title) : axisDrawing(data, title),
    h(
      "ul",
      { class: "legend" },
      names.map((name, index) => legend(name, index, data)),
    ),
  );
}

function legend(name, index, data) {
  const value = data.type === "pie" ? ` ${data.segments[index].value.toLocaleString("en")}` : "";
  return h(
    "li",
    { dir: "auto" },
    h("span", { class: "swatch", style: { background: colour(index) } }),
    name,
    value ? h("strong", {}, value) : "",
  );
}

function pieDrawing(segments, title) {
  const total = segments.reduce((sum, one) => sum + one.value, 0);
  let angle = -Math.PI / 2;
  const slices = segments.map((one, index) => {
    const turn = (one.value / total) * Math.PI * 2;
    const path = slice(angle, Math.min(turn, Math.PI * 1.9999));
    angle += turn;
    const share = `${one.label}: ${one.value} (${Math.round((one.value / total) * 100)} %)`;
    return svg("path", { d: path, fill: colour(index), class: "slice" }, svg("title", {}, share));
  });
  const label = segments.map((one) => `${one.label} ${one.value}`).join(", ");
  return svg(
    "svg",
    { viewBox: "0 0 200 200", class: "pie", role: "img", "aria-label": `${title}: ${label}` },
    slices,
  );
}

function slice(start, turn) {
  const at = (angle, radius) =>
    `${100 + radius * Math.cos(angle)} ${100 + radius * Math.sin(angle)}`;
  const big = turn > Math.PI ? 1 : 0;
  const end = start + turn;
  const outer = `M${at(start, 90)}A90 90 0 ${big} 1 ${at(end, 90)}`;
  return `${outer}L${at(end, 50)}A50 50 0 ${big} 0 ${at(start, 50)}Z`;
}

function axisDrawing(data, title) {
  const { categories, x_label: below, y_label: beside } = data.axis_config;
  const values = data.series.flatMap((one) => one.data.map((point) => point.value));
  const scale = scales(Math.min(0, ...values), Math.max(1, ...values), categories);
  const draw = data.type === "bar" ? bars : curves;
  const label = data.series.map(
    (one) => `${one.name}: ${one.data.map((p) => `${p.label} ${p.value}`).join(", ")}`,
  );
  return svg(
    "svg",
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: "img",
      "aria-label": `${title}. ${label.join(". ")}`,
    },
    grid(scale),
    categories.map((name, index) => tick(name, index, scale)),
    draw(data, scale),
    below
      ? svg("text", { x: WIDTH / 2, y: HEIGHT - 4, class: "axis", "text-anchor": "middle" }, below)
      : "",
    beside ? svg("text", { x: 4, y: 10, class: "axis" }, beside) : "",
  );
}

function scales(low, high, categories) {
  const step = niceStep((high - low) / 4);
  const [bottom, top] = [Math.floor(low / step) * step, Math.ceil(high / step) * step];
  const inner = {
    width: WIDTH - FRAME.left - FRAME.right,
    height: HEIGHT - FRAME.top - FRAME.bottom,
  };
  const band = inner.width / categories.length;
  return {
    categories,
    step,
    bottom,
    top,
    band,
    x: (index) => FRAME.left + band * (index + 0.5),
    y: (value) => FRAME.top + inner.height * (1 - (value - bottom) / (top - bottom)),
  };
}

function niceStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough || 1));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough);
}

function grid(scale) {
  const lines = [];
  for (let value = scale.bottom; value <= scale.top + scale.step / 2; value += scale.step) {
    const y = scale.y(value);
    lines.push(
      svg("line", { x1: FRAME.left, x2: WIDTH - FRAME.right, y1: y, y2: y, class: "gridline" }),
    );
    const text = new Intl.NumberFormat("en", { notation: "compact" }).format(value);
    lines.push(
      svg("text", { x: FRAME.left - 8, y: y + 4, "text-anchor": "end", class: "axis" }, text),
    );
  }
  return lines;
}

function tick(name, index, scale) {
  const room = Math.max(3, Math.floor(scale.band / 7));
  const text = name.length > room ? `${name.slice(0, room - 1)}…` : name;
  return svg(
    "text",
    { x: scale.x(index), y: HEIGHT - FRAME.bottom + 16, "text-anchor": "middle", class: "axis" },
    text,
    svg("title", {}, name),
  );
}

function points(series, scale) {
  return series.data
    .map((point) => ({ ...point, column: scale.categories.indexOf(point.label) }))
    .filter((point) => point.column >= 0);
}

function bars(data, scale) {
  const width = Math.min(36, (scale.band * 0.75) / data.series.length);
  return data.series.flatMap((series, index) =>
    points(series, scale).map((point) => {
      const left = scale.x(point.column) + (index - data.series.length / 2) * width;
      const [top, base] = [scale.y(Math.max(0, point.value)), scale.y(Math.min(0, point.value))];
      const shape = {
        x: left + 1,
        y: top,
        width: width - 2,
        height: Math.max(1, base - top),
        rx: 3,
      };
      return svg("rect", { ...shape, fill: colour(index) }, said(series, point));
    }),
  );
}

function said(series, point) {
  return svg("title", {}, `${series.name}, ${point.label}: ${point.value.toLocaleString("en")}`);
}

function curves(data, scale) {
  return data.series.flatMap((series, index) => {
    const known = points(series, scale);
    const line = known.map((point) => `${scale.x(point.column)},${scale.y(point.value)}`).join(" ");
    const floor = scale.y(Math.max(0, scale.bottom));
    const [left, right] = [known[0], known.at(-1)].map((point) => scale.x(point?.column ?? 0));
    const area = `${left},${floor} ${line} ${right},${floor}`;
    return [
      data.type === "area"
        ? svg("polygon", { points: area, fill: colour(index), class: "area" })
        : "",
      svg("polyline", { points: line, stroke: colour(index), class: "line" }),
      known.map((point) =>
        svg(
          "circle",
          { cx: scale.x(point.column), cy: scale.y(point.value), r: 3.5, fill: colour(index) },
          said(series, point),
        ),
      ),
    ];
  });
}
